/*
 * web/connection.h -- one client's connection; the inside of web/http.h.
 *
 *     IDLE      no byte of a request yet          ends after idle_ms
 *     HEAD      its head is coming                408 after read_ms, which
 *     BODY      its body is coming                  covers both
 *     WORKING   the handler has it                the run's own limits
 *     WRITING   the answer is going out           ends after write_ms, or
 *                                                   below write_bytes_s
 *     LINGERING told to go, has our last answer   ends after linger_ms
 *     CLOSED    waits to be freed, outside its own callbacks
 *
 * LINGERING throws away what still comes: closing a socket with unread bytes
 * resets it, and the client would lose the answer that says why.
 */
#ifndef WEB_CONNECTION_H
#define WEB_CONNECTION_H

#include <event2/event.h>
#include <event2/buffer.h>
#include <sys/queue.h>

#include "web/chunked.h"
#include "web/http.h"

enum connection_state {
	CONN_IDLE,
	CONN_HEAD,
	CONN_BODY,
	CONN_WORKING,
	CONN_WRITING,
	CONN_LINGERING,
	CONN_CLOSED,
	CONN_NSTATES
};

struct connection {
	struct http_request request; /* first: a request is its connection */
	struct http_server *server;
	TAILQ_ENTRY(connection) link;
	enum connection_state state;
	int fd;
	struct event *readable, *writable, *timer;
	struct evbuffer *in, *out;
	size_t head_seen; /* bytes of `in` that head_find_end() knows */
	struct chunked chunked;
	size_t answer_bytes; /* of an answer, head and all, */
	uint64_t answer_us;  /* and since when it is being written */
	size_t charged;      /* our part of the server's buffered_bytes */
	bool eof;            /* the client has closed its side */
	bool close;          /* after this answer */
	bool in_turn;
	void (*gone)(void *arg);
	void *gone_arg;
};

TAILQ_HEAD(connections, connection);

#define CONNECTION_READ_BYTES 65536u

struct http_server {
	struct event_base *base;
	struct http_limits limits;
	http_handler *handle;
	void *arg;
	int listen_fd;
	struct event *acceptable, *resume, *bury;
	uint64_t accept_warned_us;
	bool draining;
	struct connections open, dead;
	struct http_counts counts;
	void (*empty)(void *arg);
};

/* Takes fd.  NULL: out of memory, fd closed. */
struct connection *
connection_new(struct http_server *s, int fd, const char *client);
void connection_free(struct connection *c);
/* The one door of its state, which sets its timer too. */
void connection_set_state(struct connection *c, enum connection_state state);
/* Says how much memory the request and its answer take now. */
void connection_charge(struct connection *c, size_t bytes);
/* Goes on as far as it can without waiting. */
void connection_turn(struct connection *c);
/* The whole answer is in `out`; so many bytes were allocated for it. */
void connection_begin_answer(struct connection *c, size_t allocated);
void connection_close(struct connection *c, const char *why);
/* Answers a fault of the HTTP layer, or a full server; then lingers. */
void connection_refuse(struct connection *c, const struct fault *f);

/* web/intake.c: one step in IDLE, HEAD, BODY.  True: there may be another. */
bool intake_idle(struct connection *c);
bool intake_head(struct connection *c);
bool intake_body(struct connection *c);

#endif
