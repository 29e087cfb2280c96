#define _GNU_SOURCE
#include "web/connection.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"

#define AHEAD_MAX    65536u /* of the next requests, while one is answered */
#define TURN_ANSWERS 32     /* then the others have their turn */
#define LOOK_MS      250    /* has a client left that we do not read from? */

static const char *const state_names[CONN_NSTATES] = {
	[CONN_IDLE] = "idle",
	[CONN_HEAD] = "reading a head",
	[CONN_BODY] = "reading a body",
	[CONN_WORKING] = "working",
	[CONN_WRITING] = "writing",
	[CONN_LINGERING] = "lingering",
	[CONN_CLOSED] = "closed",
};

static uint32_t
state_ms(const struct connection *c, enum connection_state state)
{
	const struct http_limits *l = &c->server->limits;
	const uint32_t ms[CONN_NSTATES] = {
		[CONN_IDLE] = l->idle_ms,
		[CONN_HEAD] = l->read_ms,
		[CONN_WRITING] = l->write_ms,
		[CONN_LINGERING] = l->linger_ms,
	};

	return ms[state];
}

static void
set_timer(struct connection *c, uint32_t ms)
{
	struct timeval tv = clock_timeval_us((uint64_t)ms * 1000);

	if (ms > 0)
		event_add(c->timer, &tv);
	else
		event_del(c->timer);
}

void
connection_set_state(struct connection *c, enum connection_state state)
{
	assert(c->state != CONN_CLOSED);
	c->state = state;
	/* A body has what is left of the time that its head was given. */
	if (state != CONN_BODY)
		set_timer(c, state_ms(c, state));
}

void
connection_charge(struct connection *c, size_t bytes)
{
	c->server->counts.buffered_bytes += bytes - c->charged;
	c->charged = bytes;
}

static void
forget_request(struct connection *c)
{
	head_fini(&c->request.head);
	msgbuf_fini(&c->request.body);
	c->gone = NULL;
	connection_charge(c, 0);
}

void
connection_close(struct connection *c, const char *why)
{
	struct http_server *s = c->server;
	void (*gone)(void *arg) = c->gone;

	if (c->state == CONN_CLOSED)
		return;
	log_debug("client=%s fd=%d %s -> closed: %s", c->request.client, c->fd,
	    state_names[c->state], why);
	connection_set_state(c, CONN_CLOSED);
	event_del(c->readable);
	event_del(c->writable);
	TAILQ_REMOVE(&s->open, c, link);
	TAILQ_INSERT_TAIL(&s->dead, c, link);
	s->counts.connections--;
	event_active(s->bury, EV_TIMEOUT, 1);
	c->gone = NULL;
	if (gone != NULL)
		gone(c->gone_arg);
	forget_request(c);
}

/* ---- reading ---------------------------------------------------------- */

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	struct iovec room;
	ssize_t n;

	(void)what;
	if (evbuffer_reserve_space(c->in, CONNECTION_READ_BYTES, &room, 1) <
	    1) {
		connection_close(c, "out of memory");
		return;
	}
	n = read(fd, room.iov_base, CONNECTION_READ_BYTES);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		connection_close(c, strerror(errno));
		return;
	}
	if (n == 0) {
		c->eof = true;
		event_del(c->readable);
	} else {
		room.iov_len = (size_t)n;
		evbuffer_commit_space(c->in, &room, 1);
	}
	connection_turn(c);
}

static bool
step_working(struct connection *c)
{
	if (c->eof)
		connection_close(c, "the client left before its answer");
	return false;
}

/* While AHEAD_MAX bytes wait, we do not read, and see no end of them. */
static void
look_after(struct connection *c)
{
	struct pollfd one = { .fd = c->fd, .events = POLLRDHUP };

	if (poll(&one, 1, 0) > 0)
		connection_close(c, "the client left before its answer");
	else
		set_timer(c, LOOK_MS);
}

/* ---- writing ---------------------------------------------------------- */

/*
 * Until the client has taken nothing for write_ms; or, with those write_ms
 * for a start, less than write_bytes_s: whichever comes first.
 */
static void
set_write_timer(struct connection *c)
{
	const struct http_limits *l = &c->server->limits;
	uint64_t now_ms = (clock_us() - c->answer_us) / 1000;
	size_t written = c->answer_bytes - evbuffer_get_length(c->out);
	uint64_t earned_ms = (uint64_t)written * 1000 / l->write_bytes_s;

	if (earned_ms >= now_ms)
		set_timer(c, l->write_ms);
	else if (earned_ms + l->write_ms > now_ms)
		set_timer(c, (uint32_t)(earned_ms + l->write_ms - now_ms));
	else
		connection_close(c, "the client reads too slowly");
}

/* False: the socket takes no more now, or is broken. */
static bool
flush(struct connection *c)
{
	size_t before = evbuffer_get_length(c->out);

	while (evbuffer_get_length(c->out) > 0) {
		int n = evbuffer_write(c->out, c->fd);

		if (n > 0)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			connection_close(c, strerror(errno));
		else
			event_add(c->writable, NULL);
		break;
	}
	if (c->state == CONN_WRITING && evbuffer_get_length(c->out) > 0 &&
	    evbuffer_get_length(c->out) < before)
		set_write_timer(c);
	return c->state != CONN_CLOSED && evbuffer_get_length(c->out) == 0;
}

void
connection_begin_answer(struct connection *c, size_t allocated)
{
	connection_charge(c, allocated);
	c->answer_bytes = evbuffer_get_length(c->out);
	c->answer_us = clock_us();
	connection_set_state(c, CONN_WRITING);
	connection_turn(c);
}

static bool
step_writing(struct connection *c)
{
	if (!flush(c))
		return false;
	forget_request(c);
	if (c->close) {
		shutdown(c->fd, SHUT_WR);
		connection_set_state(c, CONN_LINGERING);
	} else {
		connection_set_state(c, CONN_IDLE);
	}
	return true;
}

static bool
step_lingering(struct connection *c)
{
	evbuffer_drain(c->in, evbuffer_get_length(c->in));
	if (c->eof)
		connection_close(c, "done");
	return false;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;

	(void)fd, (void)what;
	if (c->state != CONN_WRITING)
		flush(c); /* "100 Continue" */
	connection_turn(c);
}

static bool
step_closed(struct connection *c)
{
	(void)c;
	return false;
}

/* ---- life ------------------------------------------------------------- */

static void
set_reading(struct connection *c)
{
	bool full = (c->state == CONN_WORKING || c->state == CONN_WRITING) &&
	    evbuffer_get_length(c->in) >= AHEAD_MAX;

	if (c->eof || full)
		event_del(c->readable);
	else
		event_add(c->readable, NULL);
	if (full && c->state == CONN_WORKING)
		set_timer(c, LOOK_MS);
}

void
connection_turn(struct connection *c)
{
	static bool (*const steps[CONN_NSTATES])(struct connection *) = {
		[CONN_IDLE] = intake_idle,
		[CONN_HEAD] = intake_head,
		[CONN_BODY] = intake_body,
		[CONN_WORKING] = step_working,
		[CONN_WRITING] = step_writing,
		[CONN_LINGERING] = step_lingering,
		[CONN_CLOSED] = step_closed,
	};
	unsigned answers = 0;

	/* A handler that answers at once is called from here. */
	if (c->in_turn)
		return;
	c->in_turn = true;
	while (answers < TURN_ANSWERS && steps[c->state](c))
		answers += c->state == CONN_IDLE;
	c->in_turn = false;
	if (c->state == CONN_CLOSED)
		return;
	if (answers == TURN_ANSWERS)
		event_active(c->writable, EV_WRITE, 1);
	set_reading(c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	struct fault f;

	(void)fd, (void)what;
	if (c->state == CONN_HEAD || c->state == CONN_BODY) {
		fault_set(&f, 408, "request_timeout",
		    "the request was not complete after %u ms",
		    c->server->limits.read_ms);
		connection_refuse(c, &f);
		return;
	}
	if (c->state == CONN_WORKING)
		look_after(c);
	else
		connection_close(c, "nothing happened for too long");
}

void
connection_refuse(struct connection *c, const struct fault *f)
{
	c->server->counts.requests++;
	connection_set_state(c, CONN_WORKING);
	http_respond_fault_close(&c->request, f);
}

struct connection *
connection_new(struct http_server *s, int fd, const char *client)
{
	struct connection *c = calloc(1, sizeof *c);

	if (c == NULL) {
		close(fd);
		return NULL;
	}
	c->server = s;
	c->fd = fd;
	snprintf(c->request.client, sizeof c->request.client, "%s", client);
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	c->readable = event_new(
	    s->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(s->base, fd, EV_WRITE, on_writable, c);
	c->timer = event_new(s->base, -1, 0, on_timer, c);
	if (c->in == NULL || c->out == NULL || c->readable == NULL ||
	    c->writable == NULL || c->timer == NULL ||
	    event_add(c->readable, NULL) < 0) {
		connection_free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&s->open, c, link);
	s->counts.connections++;
	connection_set_state(c, CONN_IDLE);
	return c;
}

void
connection_free(struct connection *c)
{
	head_fini(&c->request.head);
	msgbuf_fini(&c->request.body);
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	if (c->timer != NULL)
		event_free(c->timer);
	if (c->in != NULL)
		evbuffer_free(c->in);
	if (c->out != NULL)
		evbuffer_free(c->out);
	close(c->fd);
	free(c);
}
