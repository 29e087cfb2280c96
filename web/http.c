#define _GNU_SOURCE
#include "web/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <http_parser.h>

#include "common/clock.h"
#include "common/log.h"
#include "web/connection.h"
#include "web/text.h"

#define ACCEPTS_A_TURN  16
#define ACCEPT_PAUSE_MS 100
#define ACCEPT_WARN_US  60000000u
/* Above the limit, so many at a time are told why; others just go. */
#define REFUSALS_MAX 64

/* ---- answers ---------------------------------------------------------- */

static struct connection *
connection_of(struct http_request *r)
{
	return (struct connection *)r;
}

void
http_defer(struct http_request *r, void (*gone)(void *arg), void *arg)
{
	struct connection *c = connection_of(r);

	c->gone = gone;
	c->gone_arg = arg;
}

static void
free_bytes(const void *bytes, size_t n, void *arg)
{
	(void)n, (void)arg;
	free((void *)(uintptr_t)bytes);
}

static int
put_head(struct connection *c, const struct http_response *response, size_t len)
{
	unsigned status = response->status;
	char length[128] = "", retry[40] = "";

	if (status != 204 && status != 304)
		snprintf(length, sizeof length,
		    "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    response->type ? response->type : "application/json", len);
	if (response->retry_after_s > 0)
		snprintf(retry, sizeof retry, "Retry-After: %u\r\n",
		    response->retry_after_s);
	return evbuffer_add_printf(c->out,
	    "HTTP/1.1 %u %s\r\n%sX-Content-Type-Options: nosniff\r\n"
	    "%s%s%s\r\n",
	    status, http_status_str((enum http_status)status), length,
	    response->fields ? response->fields : "Cache-Control: no-store\r\n",
	    retry,
	    c->close                   ? "Connection: close\r\n" :
		c->request.head.is_1_0 ? "Connection: keep-alive\r\n" :
					 "");
}

static bool
has_no_body(const struct connection *c, unsigned status)
{
	const char *method = c->request.head.method;

	return status == 204 || status == 304 ||
	    (method != NULL && strcmp(method, "HEAD") == 0);
}

size_t
http_answer_room(const struct http_request *r)
{
	const struct connection *c = (const struct connection *)r;
	const struct http_server *s = c->server;
	size_t others = s->counts.buffered_bytes - c->charged;
	size_t room = s->limits.buffer_bytes > others ?
	    s->limits.buffer_bytes - others :
	    0;

	return room > HTTP_SMALL ? room : HTTP_SMALL;
}

/* It has grown by doubling, and may stay for a while. */
static void
shrink(struct msgbuf *body)
{
	uint8_t *data;

	if (body->len == 0 || body->cap <= body->len)
		return;
	data = realloc(body->data, body->len);
	if (data == NULL)
		return;
	body->data = data;
	body->cap = body->len;
}

static int
put_body(struct connection *c, const struct http_response *response, size_t len)
{
	struct msgbuf *body = response->body;

	if (len == 0 || has_no_body(c, response->status))
		return 0;
	if (body == NULL)
		return evbuffer_add_reference(
		    c->out, response->bytes, len, NULL, NULL);
	if (evbuffer_add_reference(c->out, body->data, len, free_bytes, NULL) <
	    0)
		return -1;
	*body = (struct msgbuf){ 0 }; /* taken */
	return 0;
}

static void
respond(struct http_request *r, const struct http_response *response)
{
	struct connection *c = connection_of(r);
	size_t len = response->body ? response->body->len : response->len;
	size_t allocated = response->body ? response->body->cap : 0;
	bool put;

	assert(c->state == CONN_WORKING);
	c->gone = NULL;
	c->close = response->close || !r->head.keep_alive ||
	    c->server->draining;
	c->server->counts.by_class[response->status / 100 % 6]++;
	put = put_head(c, response, len) >= 0 &&
	    put_body(c, response, len) >= 0;
	if (response->body != NULL && response->body->cap > 0) {
		allocated = 0; /* not taken */
		msgbuf_fini(response->body);
	}
	msgbuf_fini(&r->body);
	if (put)
		connection_begin_answer(c, allocated);
	else
		connection_close(c, "out of memory for an answer");
}

static void
respond_fault(
    struct http_request *r, const struct fault *f, const char *fields, bool end)
{
	struct http_response response = {
		.status = f->status,
		.fields = fields,
		.retry_after_s = f->retry_after_s,
		.close = end,
	};
	struct msgbuf body;

	if (f->status == 503 && f->retry_after_s == 0)
		response.retry_after_s = 1;
	log_debug("client=%s refused http=%u %s: %s", r->client, f->status,
	    f->code, f->message);
	msgbuf_init(&body, 8192);
	text_put_format(
	    &body, "{\"error\":{\"code\":\"%s\",\"message\":", f->code);
	text_put_json_str(&body, f->message);
	msgbuf_put_raw(&body, "}}\n", 3);
	shrink(&body);
	response.body = &body;
	respond(r, &response);
}

void
http_respond(struct http_request *r, const struct http_response *response)
{
	struct fault f;

	if (response->body != NULL) {
		shrink(response->body);
		if (response->body->cap > http_answer_room(r)) {
			msgbuf_fini(response->body);
			fault_set(&f, 503, "busy", HTTP_NO_ROOM);
			respond_fault(r, &f, NULL, response->close);
			return;
		}
	}
	respond(r, response);
}

void
http_respond_fault(struct http_request *r, const struct fault *f)
{
	respond_fault(r, f, NULL, false);
}

void
http_respond_fault_fields(
    struct http_request *r, const struct fault *f, const char *fields)
{
	respond_fault(r, f, fields, false);
}

void
http_respond_fault_close(struct http_request *r, const struct fault *f)
{
	respond_fault(r, f, NULL, true);
}

/* ---- new connections -------------------------------------------------- */

void
http_server_adopt(struct http_server *s, int fd, const char *client)
{
	bool full = s->counts.connections >= s->limits.connections;
	struct connection *c;
	struct fault f;
	int one = 1;

	if (s->counts.connections >= s->limits.connections + REFUSALS_MAX) {
		s->counts.refused_connections++;
		close(fd);
		return;
	}
	evutil_make_socket_nonblocking(fd);
	/* Not for the socket pairs of tests; then it fails, and no harm. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c = connection_new(s, fd, client);
	if (c == NULL || !full)
		return;
	s->counts.refused_connections++;
	fault_set(&f, 503, "busy",
	    "%zu connections are open, which is the "
	    "limit; try again soon",
	    s->limits.connections);
	f.retry_after_s = 1;
	connection_refuse(c, &f);
}

static void
name_client(const struct sockaddr_storage *from, char *text)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
	const void *address = from->ss_family == AF_INET6 ?
	    (const void *)&v6->sin6_addr :
	    (const void *)&v4->sin_addr;

	if (inet_ntop(from->ss_family, address, text, HTTP_CLIENT_MAX) == NULL)
		memcpy(text, "?", sizeof "?");
}

/* Out of descriptors or memory: let the others end before we go on. */
static void
pause_accepting(struct http_server *s)
{
	struct timeval pause = clock_timeval_us(ACCEPT_PAUSE_MS * 1000);

	if (clock_us() - s->accept_warned_us > ACCEPT_WARN_US) {
		log_warn("cannot accept connections: %s; trying again",
		    strerror(errno));
		s->accept_warned_us = clock_us();
	}
	event_del(s->acceptable);
	event_add(s->resume, &pause);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;

	(void)fd, (void)what;
	event_add(s->acceptable, NULL);
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;

	(void)what;
	for (unsigned i = 0; i < ACCEPTS_A_TURN; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof from;
		char client[HTTP_CLIENT_MAX];
		int one = accept4(fd, (struct sockaddr *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (one < 0) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == ENOBUFS || errno == ENOMEM)
				pause_accepting(s);
			return;
		}
		name_client(&from, client);
		http_server_adopt(s, one, client);
	}
}

/* ---- life ------------------------------------------------------------- */

static void
on_bury(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;
	struct connection *c;

	(void)fd, (void)what;
	while ((c = TAILQ_FIRST(&s->dead)) != NULL) {
		TAILQ_REMOVE(&s->dead, c, link);
		connection_free(c);
	}
	if (s->empty != NULL && TAILQ_EMPTY(&s->open)) {
		void (*empty)(void *arg) = s->empty;

		s->empty = NULL;
		empty(s->arg);
	}
}

struct http_server *
http_server_new(struct event_base *base, const struct http_limits *limits,
    http_handler *handle, void *arg)
{
	struct http_server *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->base = base;
	s->limits = *limits;
	s->handle = handle;
	s->arg = arg;
	s->listen_fd = -1;
	TAILQ_INIT(&s->open);
	TAILQ_INIT(&s->dead);
	s->resume = event_new(base, -1, 0, on_resume, s);
	s->bury = event_new(base, -1, 0, on_bury, s);
	/* The library's own limit must not come first. */
	http_parser_set_max_header_size((uint32_t)limits->header_bytes + 4096);
	if (s->resume == NULL || s->bury == NULL) {
		http_server_free(s);
		return NULL;
	}
	return s;
}

static void
stop_listening(struct http_server *s)
{
	if (s->acceptable != NULL)
		event_free(s->acceptable);
	s->acceptable = NULL;
	if (s->resume != NULL)
		event_del(s->resume);
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	s->listen_fd = -1;
}

void
http_server_free(struct http_server *s)
{
	struct connection *c;

	stop_listening(s);
	s->empty = NULL;
	while ((c = TAILQ_FIRST(&s->open)) != NULL) {
		c->gone = NULL;
		connection_close(c, "the server ends");
	}
	on_bury(-1, 0, s);
	if (s->resume != NULL)
		event_free(s->resume);
	if (s->bury != NULL)
		event_free(s->bury);
	free(s);
}

int
http_server_listen(struct http_server *s, int fd, struct err *e)
{
	stop_listening(s);
	s->listen_fd = fd;
	evutil_make_socket_nonblocking(fd);
	s->acceptable = event_new(
	    s->base, fd, EV_READ | EV_PERSIST, on_acceptable, s);
	if (s->acceptable == NULL || event_add(s->acceptable, NULL) < 0)
		return err_set(e, ERR_MEMORY, "listening socket: no memory");
	return 0;
}

void
http_server_drain(struct http_server *s)
{
	struct connection *c, *next;

	s->draining = true;
	stop_listening(s);
	for (c = TAILQ_FIRST(&s->open); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->state == CONN_IDLE)
			connection_close(c, "the service is stopping");
	}
}

void
http_server_drop_readers(struct http_server *s)
{
	struct connection *c, *next;

	for (c = TAILQ_FIRST(&s->open); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->state == CONN_HEAD || c->state == CONN_BODY ||
		    c->state == CONN_LINGERING)
			connection_close(c, "the service is stopping");
	}
}

void
http_server_on_empty(struct http_server *s, void (*empty)(void *arg))
{
	s->empty = empty;
	event_active(s->bury, EV_TIMEOUT, 1);
}

const struct http_counts *
http_server_counts(const struct http_server *s)
{
	return &s->counts;
}
