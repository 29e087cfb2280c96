/*
 * web/runs.h -- the runs in flight, from POST /run to its answer.
 *
 *     posted --> (waits for a worker) --> given to a worker --> answered
 *                         \________________________\___________ gone
 *
 * Each run goes to the worker that has the fewest.  While there is none (the
 * service is starting, or the last one died) it waits, as long as it may wait
 * for a container.  When the client leaves, its run is cancelled; when the
 * worker dies, its runs are answered 502, and never given to another one: the
 * program may have run already.
 *
 * Runs in:  web.  Blocks: never.
 * Owns:     a struct run for each HTTP request that was deferred.
 * Always:   a run is with exactly one worker, or waiting.
 */
#ifndef WEB_RUNS_H
#define WEB_RUNS_H

#include <stddef.h>

#include "common/channel.h"
#include "web/http.h"

struct peer;
struct runs;
struct tally;
struct web;

/* NULL: out of memory. */
struct runs *runs_new(struct web *web);
/* None is in flight. */
void runs_free(struct runs *runs);

/* POST /run. */
void runs_post(struct web *web, struct http_request *r);

/* From a worker's channel. */
int runs_on_result(struct peer *worker, struct message *m);
int runs_on_refused(struct peer *worker, struct message *m);
/* A worker is there: those that wait can go. */
void runs_worker_came(struct web *web);
/* Its runs are lost; worker->channel is NULL already. */
void runs_worker_left(struct peer *worker, const char *why);

/* Answers all of them 503, and cancels what runs. */
void runs_stop_all(struct web *web);

const struct tally *runs_tally(const struct runs *runs);
size_t runs_in_flight(const struct runs *runs);

#endif
