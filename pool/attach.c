#define _GNU_SOURCE
#include "pool/attach.h"

#include <errno.h>
#include <event2/event.h>
#include <http_parser.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"

#define REQUEST_MAX 512
#define ANSWER_MAX  8192

struct attach {
	int fd;
	attach_done *done;
	void *arg;
	struct event *ev;
	struct timeval timeout;
	size_t sent, request_len, len;
	char request[REQUEST_MAX];
	uint8_t answer[ANSWER_MAX];
};

static void
attach_free(struct attach *a)
{
	if (a->ev != NULL)
		event_free(a->ev);
	if (a->fd >= 0)
		close(a->fd);
	free(a);
}

void
attach_cancel(struct attach *a)
{
	if (a != NULL)
		attach_free(a);
}

static void
fail(struct attach *a, const struct err *e)
{
	a->done(a->arg, -1, NULL, 0, e);
	attach_free(a);
}

static int
on_message_complete(http_parser *p)
{
	*(bool *)p->data = true;
	return 0;
}

/*
 * Parses what there is from its beginning; the answer is some hundred bytes.
 * Bytes of the stream start where the parser stops at the upgrade.
 */
static void
look_at_answer(struct attach *a)
{
	bool complete = false;
	http_parser parser = { .data = &complete };
	http_parser_settings none;
	struct err e;
	size_t used;

	http_parser_settings_init(&none);
	none.on_message_complete = on_message_complete;
	http_parser_init(&parser, HTTP_RESPONSE);
	used = http_parser_execute(&parser, &none, (char *)a->answer, a->len);
	if (parser.upgrade && complete) {
		a->done(a->arg, steal_fd(&a->fd), a->answer + used,
		    a->len - used, NULL);
		attach_free(a);
	} else if (HTTP_PARSER_ERRNO(&parser) != HPE_OK || complete ||
	    a->len == sizeof a->answer) {
		err_set(&e, ERR_DOCKER,
		    "exec start: HTTP %d, expected 101: "
		    "%.*s",
		    parser.status_code, (int)(a->len > 200 ? 200 : a->len),
		    (char *)a->answer);
		fail(a, &e);
	}
}

static void
read_answer(struct attach *a)
{
	ssize_t n = recv(
	    a->fd, a->answer + a->len, sizeof a->answer - a->len, MSG_DONTWAIT);
	struct err e;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		if (n < 0)
			err_errno(&e, "exec start");
		else
			err_set(&e, ERR_DOCKER,
			    "exec start: the engine closed the connection");
		fail(a, &e);
		return;
	}
	a->len += (size_t)n;
	look_at_answer(a);
}

static void
send_request(struct attach *a)
{
	ssize_t n = send(a->fd, a->request + a->sent, a->request_len - a->sent,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	struct err e;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		err_errno(&e, "exec start");
		fail(a, &e);
		return;
	}
	if (n > 0)
		a->sent += (size_t)n;
	if (a->sent == a->request_len) {
		event_del(a->ev);
		event_assign(a->ev, event_get_base(a->ev), a->fd,
		    EV_READ | EV_PERSIST, event_get_callback(a->ev), a);
		event_add(a->ev, &a->timeout);
	}
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct attach *a = arg;
	struct err e;

	(void)fd;
	if (what & EV_TIMEOUT) {
		err_set(&e, ERR_DOCKER, "exec start: no answer in time");
		fail(a, &e);
	} else if (what & EV_WRITE) {
		send_request(a);
	} else {
		read_answer(a);
	}
}

static int
connect_to(const char *path, struct err *e)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	auto_close int fd = socket(
	    AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof sa.sun_path)
		return err_set(e, ERR_INVALID, "%s: path too long", path);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	/* A Unix socket connects at once or says why not. */
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0)
		return err_errno(e, "connect %s", path);
	return steal_fd(&fd);
}

struct attach *
attach_start(struct event_base *base, const char *socket_path,
    const char *exec_id, uint32_t timeout_ms, attach_done *done, void *arg,
    struct err *e)
{
	static const char body[] = "{\"Detach\":false,\"Tty\":false}";
	struct attach *a = calloc(1, sizeof *a);

	if (a == NULL) {
		err_errno(e, "exec start");
		return NULL;
	}
	a->done = done;
	a->arg = arg;
	a->timeout = clock_timeval_us(timeout_ms * 1000ull);
	a->request_len = (size_t)snprintf(a->request, sizeof a->request,
	    "POST /exec/%.128s/start HTTP/1.1\r\nHost: docker\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n"
	    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n%s",
	    exec_id, strlen(body), body);
	a->fd = connect_to(socket_path, e);
	if (a->fd >= 0)
		a->ev = event_new(
		    base, a->fd, EV_WRITE | EV_PERSIST, on_ready, a);
	if (a->ev == NULL) {
		if (a->fd >= 0)
			err_set(e, ERR_MEMORY, "exec start: out of memory");
		attach_free(a);
		return NULL;
	}
	event_add(a->ev, &a->timeout);
	return a;
}
