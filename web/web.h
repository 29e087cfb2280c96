/*
 * web/web.h -- the web process: the one that clients talk to.
 *
 *     client --HTTP--> http --> router --> runs ------> worker 1..N
 *                                   \----> admin -----> supervisor, pool
 *                                    \---> assets       (the page itself)
 *
 * It holds the listening socket and a channel to the pool and to each worker,
 * and nothing else: it cannot reach Docker and runs nothing.  Whatever a
 * client sends, the worst that happens is the end of its own connection.
 *
 * Runs in:  web.  Blocks: never.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/child.h"
#include "common/frames.h"
#include "common/roles.h"
#include "web/http.h"

struct runs;
struct admin;
struct selftest;
struct web;

/* Another process, and our channel to it. */
struct peer {
	struct web *web;
	enum role role;
	unsigned index;          /* of the worker */
	struct channel *channel; /* NULL: not there now */
	size_t running;          /* programs given to the worker */
};

/* What the pool says of a language's inner wall. */
struct wall {
	bool known, walled;
	char problem[FRAME_WHY_MAX]; /* why it is not there; "" when it is */
};

struct web {
	struct child child;
	struct http_server *http;
	struct runs *runs;
	struct admin *admin;
	struct selftest *selftest;
	struct peer pool;
	struct wall walls[LANGUAGES_MAX];
	struct peer workers[WORKERS_MAX];
	unsigned nworkers; /* that have ever been there */
	bool draining;
	struct event *grace;
};

#endif
