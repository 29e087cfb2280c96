/*
 * tests/unit/test_web_server.h -- an HTTP server with socket pairs for
 * clients, and a handler that does as its path says: /hold keeps the request,
 * /large answers HT_LARGE bytes, /made as many that it allocates, any other
 * gives the body back.
 */
#ifndef TESTS_UNIT_TEST_WEB_SERVER_H
#define TESTS_UNIT_TEST_WEB_SERVER_H

#include <stdbool.h>

#include "web/http.h"

#define HT_LARGE (4u << 20)

#define OK   "HTTP/1.1 200 OK\r\n"
#define HOST "Host: x\r\n"

/* The server, and what its handler has seen. */
struct ht {
	struct event_base *base;
	struct http_server *server;
	unsigned handled;
	char path[200];
	size_t body_len;
	struct http_request *held; /* by /hold, until it is answered */
	unsigned gone;
	unsigned emptied;
	char *large;
};
extern struct ht ht;

/* Of a small server that waits for ever. */
extern const struct http_limits ht_limits;

void ht_serve(const struct http_limits *limits);
void ht_end(void);
void ht_on_empty(void *arg);

int ht_connect(void);
void ht_send(int fd, const char *text);
/* All that has come by now.  The caller frees. */
char *ht_receive(int fd);
bool ht_is_closed(int fd);
/* Lets the server do what it can do now, or for so long. */
void ht_pump(void);
void ht_pump_ms(unsigned ms);

/* One connection: sends it, expects an answer that begins so. */
void ht_expect(const char *request, const char *answer, bool closed);
unsigned ht_count(const char *text, const char *word);

void add_web_limits_suite(void);

#endif
