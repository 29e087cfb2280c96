#define _GNU_SOURCE
#include "tests/unit/test_web_server.h"

#include <CUnit/CUnit.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"

struct ht ht;

const struct http_limits ht_limits = {
	.connections = 4,
	.header_bytes = 1024,
	.body_bytes = 4096,
	.buffer_bytes = 64 << 20,
	.read_ms = 60000,
	.idle_ms = 60000,
	.write_ms = 60000,
	.write_bytes_s = 65536,
	.linger_ms = 60000,
};

static void
on_gone(void *arg)
{
	(void)arg;
	ht.gone++;
	ht.held = NULL;
}

void
ht_on_empty(void *arg)
{
	(void)arg;
	ht.emptied++;
}

static void
put_large(struct msgbuf *m)
{
	msgbuf_init(m, HT_LARGE);
	msgbuf_put_raw(m, ht.large, HT_LARGE);
}

static void
handle(void *arg, struct http_request *r)
{
	struct http_response response = { .status = 200, .type = "text/plain" };
	struct msgbuf made;

	(void)arg;
	ht.handled++;
	ht.body_len = r->body.len;
	snprintf(ht.path, sizeof ht.path, "%s", r->head.path);
	if (strcmp(r->head.path, "/hold") == 0) {
		ht.held = r;
		http_defer(r, on_gone, NULL);
		return;
	}
	if (strcmp(r->head.path, "/large") == 0) {
		response.bytes = ht.large;
		response.len = HT_LARGE;
	} else if (strcmp(r->head.path, "/made") == 0) {
		put_large(&made);
		response.body = &made;
	} else {
		response.body = &r->body; /* an echo */
	}
	http_respond(r, &response);
}

void
ht_serve(const struct http_limits *limits)
{
	signal(SIGPIPE, SIG_IGN); /* as common/child.c does */
	memset(&ht, 0, sizeof ht);
	ht.base = event_base_new();
	ht.server = http_server_new(ht.base, limits, handle, NULL);
	ht.large = calloc(1, HT_LARGE);
}

void
ht_end(void)
{
	http_server_free(ht.server);
	event_base_free(ht.base);
	free(ht.large);
}

int
ht_connect(void)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(
	    socketpair(
		AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair),
	    0);
	http_server_adopt(ht.server, pair[0], "test");
	return pair[1];
}

void
ht_pump(void)
{
	for (unsigned i = 0; i < 20; i++)
		event_base_loop(ht.base, EVLOOP_NONBLOCK);
}

void
ht_pump_ms(unsigned ms)
{
	uint64_t until = clock_us() + ms * 1000;

	while (clock_us() < until) {
		ht_pump();
		usleep(1000);
	}
}

void
ht_send(int fd, const char *text)
{
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

char *
ht_receive(int fd)
{
	size_t len = 0, cap = 2 * HT_LARGE;
	char *text = malloc(cap + 1);
	ssize_t n;

	do {
		ht_pump();
		n = read(fd, text + len, cap - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0);
	text[len] = '\0';
	return text;
}

bool
ht_is_closed(int fd)
{
	char byte;

	ht_pump();
	return read(fd, &byte, 1) == 0;
}

unsigned
ht_count(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

void
ht_expect(const char *request, const char *answer, bool closed)
{
	int fd = ht_connect();
	auto_free char *text = NULL;

	ht_send(fd, request);
	text = ht_receive(fd);
	CU_ASSERT(strncmp(text, answer, strlen(answer)) == 0);
	if (strncmp(text, answer, strlen(answer)) != 0)
		printf("\n    %.60s\n    -> %s\n", request, text);
	CU_ASSERT_EQUAL(ht_is_closed(fd), closed);
	close(fd);
	ht_pump();
}
