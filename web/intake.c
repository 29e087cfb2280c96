/*
 * web/intake.c -- the reading half of a connection: a request's head and body.
 */
#include <string.h>

#include "common/clock.h"
#include "web/connection.h"

bool
intake_idle(struct connection *c)
{
	char two[2];

	/* Old clients end a body with an empty line that is not part of it. */
	while (
	    evbuffer_copyout(c->in, two, 2) == 2 && memcmp(two, "\r\n", 2) == 0)
		evbuffer_drain(c->in, 2);
	if (evbuffer_get_length(c->in) == 0) {
		if (c->eof)
			connection_close(c, "closed by the client");
		return false;
	}
	c->head_seen = 0;
	connection_set_state(c, CONN_HEAD);
	return true;
}

/* The fault of a head that is longer than it may be. */
static void
refuse_long_head(struct connection *c, const char *bytes, size_t n)
{
	bool has_line = memchr(bytes, '\n', n) != NULL;
	struct fault f;

	fault_set(&f, has_line ? 431 : 414,
	    has_line ? "headers_too_large" : "uri_too_long",
	    "request line and headers are longer than %zu bytes",
	    c->server->limits.header_bytes);
	connection_refuse(c, &f);
}

static bool
begin_body(struct connection *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct http_limits *l = &c->server->limits;
	const struct http_head *h = &c->request.head;
	struct fault f;

	if (h->length > l->body_bytes) {
		fault_set(&f, 413, "body_too_large",
		    "the request's body has %llu bytes, at most %zu are read",
		    (unsigned long long)h->length, l->body_bytes);
		connection_refuse(c, &f);
		return true;
	}
	msgbuf_init(&c->request.body, l->body_bytes);
	c->chunked = (struct chunked){ 0 };
	if (h->expects_continue && evbuffer_get_length(c->in) == 0 &&
	    (h->chunked || h->length > 0)) {
		evbuffer_add(c->out, go_on, sizeof go_on - 1);
		event_add(c->writable, NULL);
	}
	connection_set_state(c, CONN_BODY);
	return true;
}

bool
intake_head(struct connection *c)
{
	size_t max = c->server->limits.header_bytes, n;
	struct fault f;
	const char *bytes;
	ssize_t len;

	n = evbuffer_get_length(c->in);
	if (n > max + 1)
		n = max + 1;
	bytes = (const char *)evbuffer_pullup(c->in, (ssize_t)n);
	if (bytes == NULL) {
		connection_close(c, "out of memory");
		return false;
	}
	len = head_find_end(bytes, n, &c->head_seen);
	if (len == 0 && n > max) {
		refuse_long_head(c, bytes, n);
		return true;
	}
	if (len == 0) {
		if (c->eof)
			connection_close(c, "left in the middle of a head");
		return false;
	}
	if (len < 0)
		fault_set(&f, 400, "bad_request",
		    "this is not an HTTP "
		    "request: a line end or a byte that is not allowed there");
	else if (head_parse(bytes, (size_t)len, &c->request.head, &f) == 0) {
		evbuffer_drain(c->in, (size_t)len);
		return begin_body(c);
	}
	connection_refuse(c, &f);
	return true;
}

/* Moves what has come into the body.  False: it is not well formed. */
static bool
take_body(struct connection *c)
{
	struct msgbuf *body = &c->request.body;
	struct evbuffer_iovec piece;

	while (evbuffer_peek(c->in, -1, NULL, &piece, 1) > 0) {
		size_t n = piece.iov_len;
		uint64_t left = c->request.head.length - body->len;

		if (c->request.head.chunked)
			n = chunked_feed(&c->chunked, piece.iov_base, n, body);
		else
			msgbuf_put_raw(body, piece.iov_base,
			    n = n < left ? n : (size_t)left);
		if (n == 0 || body->bad)
			break;
		evbuffer_drain(c->in, n);
	}
	return c->chunked.state != CHUNKED_BAD && !body->bad;
}

static void
refuse_body(struct connection *c)
{
	const struct msgbuf *body = &c->request.body;
	struct fault f;

	if (c->chunked.state == CHUNKED_BAD)
		fault_set(
		    &f, 400, "bad_request", "the body's chunks are malformed");
	else if (body->max - body->len < CONNECTION_READ_BYTES)
		fault_set(&f, 413, "body_too_large",
		    "the request's body has "
		    "more than %zu bytes",
		    body->max);
	else
		fault_set(&f, 503, "busy", "out of memory");
	connection_refuse(c, &f);
}

static bool
has_whole_body(const struct connection *c)
{
	if (c->request.head.chunked)
		return c->chunked.state == CHUNKED_DONE;
	return c->request.body.len == c->request.head.length;
}

bool
intake_body(struct connection *c)
{
	struct http_server *s = c->server;
	struct fault f;

	if (!take_body(c)) {
		refuse_body(c);
		return true;
	}
	connection_charge(c, c->request.body.cap);
	if (s->counts.buffered_bytes > s->limits.buffer_bytes &&
	    c->request.body.len > HTTP_SMALL) {
		fault_set(&f, 503, "busy",
		    "too many large requests at the "
		    "same time; try again soon");
		f.retry_after_s = 1;
		connection_refuse(c, &f);
		return true;
	}
	if (has_whole_body(c)) {
		connection_set_state(c, CONN_WORKING);
		s->counts.requests++;
		c->request.whole_us = clock_us();
		s->handle(s->arg, &c->request);
		return true;
	}
	if (c->eof)
		connection_close(c, "left in the middle of a body");
	return false;
}
