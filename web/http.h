/*
 * web/http.h -- a small HTTP/1.1 server on the event loop.
 *
 *     accepted --> IDLE --> HEAD --> BODY --> WORKING --> WRITING --> IDLE
 *                    \________\________\________\____________\--> closed
 *
 * A handler is given one whole request and answers it with http_respond(),
 * at once or later; later, it says http_defer() and is told when the client
 * has left.  A connection has one request at a time: what a client sends
 * ahead waits, a little of it here and the rest in the socket.
 *
 * Every size, count and time is limited by struct http_limits.  Whatever a
 * client sends, the worst that happens is an error answer, as JSON, and the
 * end of its own connection.
 *
 * Runs in:  web.
 * Blocks:   never.
 * Owns:     the listening socket and the connections.
 * Always:   each request gets exactly one http_respond() or one `gone`.
 *
 * An answer is one piece today.  One that is written bit by bit needs a
 * second door beside http_respond(), and nothing else: the connection waits
 * in WRITING until its buffer is empty.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/msgbuf.h"
#include "web/fault.h"
#include "web/head.h"

#define HTTP_CLIENT_MAX 64

struct event_base;
struct http_server;

struct http_limits {
	size_t connections;
	size_t header_bytes;
	size_t body_bytes;
	size_t buffer_bytes; /* bodies and answers of all connections */
	uint32_t read_ms;    /* from a request's first byte to its last */
	uint32_t idle_ms;
	uint32_t write_ms; /* without progress; and after the first so long */
	size_t write_bytes_s; /* it has taken so much each second, or ends */
	uint32_t linger_ms;   /* for a refused client to read the answer */
};

/* Valid from the handler's call until http_respond() or `gone`. */
struct http_request {
	struct http_head head;
	struct msgbuf body;
	char client[HTTP_CLIENT_MAX]; /* address, without its port */
	uint64_t whole_us;            /* when its last byte had come */
};

struct http_response {
	unsigned status;
	const char *type; /* Content-Type; NULL: application/json */
	/* Further lines, each with its CR LF.  NULL: Cache-Control: no-store */
	const char *fields;
	unsigned retry_after_s; /* 0: none */
	bool close;             /* end the connection after it */
	struct msgbuf *body;    /* its bytes are taken; or NULL, and */
	const void *bytes;      /* these, which live as long as the program */
	size_t len;
};

typedef void http_handler(void *arg, struct http_request *r);

struct http_counts {
	size_t connections;
	size_t buffered_bytes;
	uint64_t requests;
	uint64_t refused_connections;
	uint64_t by_class[6]; /* answers: [2] counts 2xx */
};

/* Borrows arg.  NULL: out of memory. */
struct http_server *http_server_new(struct event_base *base,
    const struct http_limits *limits, http_handler *handle, void *arg);
/* Drops every connection, without `gone`. */
void http_server_free(struct http_server *s);

/* Takes the listening fd. */
int http_server_listen(struct http_server *s, int fd, struct err *e);
/* Takes a connected fd: what accept gives, or a test. */
void http_server_adopt(struct http_server *s, int fd, const char *client);

/* No new connections; idle ones end, others after their next answer. */
void http_server_drain(struct http_server *s);
/* Ends those that have not sent a whole request. */
void http_server_drop_readers(struct http_server *s);
/* Called when the last connection has ended, also if there is none. */
void http_server_on_empty(struct http_server *s, void (*empty)(void *arg));

const struct http_counts *http_server_counts(const struct http_server *s);

/* The answer comes later.  `gone`: the client left, and r with it. */
void http_defer(struct http_request *r, void (*gone)(void *arg), void *arg);
/* How long an answer may be now, for the memory that all of them take. */
size_t http_answer_room(const struct http_request *r);
/*
 * For a body or an answer of this size there is always room: what large ones
 * of some clients take must not keep out the small ones of all others.  What
 * lies beyond the limit is bounded by the number of connections.
 */
#define HTTP_SMALL 65536u
/* What the client is told when there is too little. */
#define HTTP_NO_ROOM                                            \
	"too much memory is taken by answers that clients have" \
	" not read yet; try again soon"
/* r is no longer the handler's.  Too little room: answers 503 instead. */
void http_respond(struct http_request *r, const struct http_response *response);
/* The answer of every error: {"error": {"code": ..., "message": ...}}. */
void http_respond_fault(struct http_request *r, const struct fault *f);
/* The same, with further header lines as in struct http_response. */
void http_respond_fault_fields(
    struct http_request *r, const struct fault *f, const char *fields);
/* The same, and the connection ends. */
void http_respond_fault_close(struct http_request *r, const struct fault *f);

#endif
