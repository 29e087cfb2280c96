#include "common/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/auto.h"

#define LINE_MAX_BYTES 2048

static const char *const level_names[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_ERROR] = "error",
};

/* A log is the one thing every file shares, so it is the one global. */
static struct {
	const char *role;
	enum log_level level;
	unsigned long lost; /* lines that could not be written */
} self = { "?", LOG_LEVEL_INFO, 0 };

void
log_init(const char *role, enum log_level level)
{
	self.role = role;
	self.level = level;
	tzset(); /* strftime would open a file for it, later, when it cannot */
}

void
log_set_level(enum log_level level)
{
	self.level = level;
}

/* A reader that stands still must not stop the writer. */
static bool
may_write(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

static size_t
put_prefix(char *line, size_t size, enum log_level level)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, size - n, ".%03ldZ %-5s %-10s ",
	    now.tv_nsec / 1000000, level_names[level], self.role);
	if (self.lost > 0)
		n += (size_t)snprintf(
		    line + n, size - n, "lost_lines=%lu ", self.lost);
	return n;
}

void
log_raw(const char *text, size_t n)
{
	if (!may_write() || write(STDERR_FILENO, text, n) != (ssize_t)n)
		self.lost++;
}

static void __attribute__((format(printf, 2, 0)))
put_line(enum log_level level, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t n;
	int more;

	if (level < self.level)
		return;
	n = put_prefix(line, sizeof line - 1, level);
	more = vsnprintf(line + n, sizeof line - 1 - n, format, ap);
	if (more > 0)
		n += (size_t)more;
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	line[n++] = '\n';
	if (may_write() && write(STDERR_FILENO, line, n) == (ssize_t)n)
		self.lost = 0;
	else
		self.lost++;
}

#define DEFINE_LEVEL(name, level)            \
	void name(const char *format, ...)   \
	{                                    \
		va_list ap;                  \
                                             \
		va_start(ap, format);        \
		put_line(level, format, ap); \
		va_end(ap);                  \
	}

DEFINE_LEVEL(log_debug, LOG_LEVEL_DEBUG)
DEFINE_LEVEL(log_info, LOG_LEVEL_INFO)
DEFINE_LEVEL(log_warn, LOG_LEVEL_WARN)
DEFINE_LEVEL(log_error, LOG_LEVEL_ERROR)
