#include "supervisor/child_log.h"

#include <ctype.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

#define LINE_BYTES 4096

struct child_log {
	int fd;
	const char *role;
	unsigned index;
	struct event *readable;
	size_t len;
	char line[LINE_BYTES];
};

/* "2026-11-22T10:..." is a line of common/log.c. */
static bool
is_formed(const char *line, size_t n)
{
	return n > 24 && isdigit((unsigned char)line[0]) && line[4] == '-' &&
	    line[10] == 'T' && line[23] == 'Z';
}

static void
pass_line(const struct child_log *log, const char *line, size_t n)
{
	if (is_formed(line, n))
		log_raw(line, n);
	else if (n > 1)
		log_warn("role=%s index=%u said: %.*s", log->role, log->index,
		    (int)(line[n - 1] == '\n' ? n - 1 : n), line);
}

static void
pass_lines(struct child_log *log)
{
	char *start = log->line, *end = log->line + log->len;
	char *newline;

	while (start < end &&
	    (newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
		pass_line(log, start, (size_t)(newline + 1 - start));
		start = newline + 1;
	}
	if (start == log->line && log->len == sizeof log->line) {
		pass_line(log, start, log->len);
		start = end;
	}
	log->len = (size_t)(end - start);
	memmove(log->line, start, log->len);
}

/* True when there may be more. */
static bool
read_some(struct child_log *log)
{
	ssize_t n = read(
	    log->fd, log->line + log->len, sizeof log->line - log->len);

	if (n <= 0)
		return false;
	log->len += (size_t)n;
	pass_lines(log);
	return true;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct child_log *log = arg;

	(void)fd, (void)what;
	if (!read_some(log))
		event_del(log->readable);
}

struct child_log *
child_log_open(
    struct event_base *base, int fd, const char *role, unsigned index)
{
	struct child_log *log = calloc(1, sizeof *log);

	if (log != NULL) {
		evutil_make_socket_nonblocking(fd);
		log->fd = fd;
		log->role = role;
		log->index = index;
		log->readable = event_new(
		    base, fd, EV_READ | EV_PERSIST, on_readable, log);
	}
	if (log == NULL || log->readable == NULL) {
		free(log);
		close(fd);
		return NULL;
	}
	event_add(log->readable, NULL);
	return log;
}

void
child_log_close(struct child_log *log)
{
	if (log == NULL)
		return;
	/* Last words: bounded, for a pipe holds no more than it holds. */
	for (int i = 0; i < 64 && read_some(log); i++)
		continue;
	if (log->len > 0)
		pass_line(log, log->line, log->len);
	event_free(log->readable);
	close(log->fd);
	free(log);
}
