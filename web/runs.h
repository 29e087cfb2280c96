/*
 * web/runs.h -- the runs in flight, from the order to how it ended.
 *
 *     started --> (waits for a worker) --> given to a worker --> done
 *                         \________________________\___________ cancelled
 *
 * Each run goes to the worker that has the fewest.  While there is none (the
 * service is starting, or the last one died) it waits, as long as it may wait
 * for a container.  When the worker dies, its runs are refused 502, and never
 * given to another one: the program may have run already.
 *
 * Whose run it is, a client's (web/runs_post.c) or the self-test's, is said
 * by its struct run_owner.
 *
 * Runs in:  web.  Blocks: never.
 * Owns:     a struct run from runs_start() until done or runs_cancel().
 * Always:   a run is with exactly one worker, or waiting; each ends in exactly
 *           one call of done, unless it was cancelled.
 */
#ifndef WEB_RUNS_H
#define WEB_RUNS_H

#include <stddef.h>

#include "common/channel.h"
#include "web/http.h"
#include "web/request.h"
#include "web/response.h"

struct peer;
struct run;
struct runs;
struct tally;
struct web;

/* How a run ended; valid during the call of done, when the run is no more. */
struct run_end {
	struct runs *all;
	struct run_report report; /* its result may be NULL, and then */
	struct fault *fault;      /* this is why */
};

typedef void runs_done(void *arg, const struct run_end *end);

struct run_owner {
	const char *client; /* whose runs are counted; NULL: our own */
	uint64_t since_us;  /* when the order was there */
	runs_done *done;
	void *arg;
};

/* NULL: out of memory. */
struct runs *runs_new(struct web *web);
/* None is in flight. */
void runs_free(struct runs *runs);

/* POST /run: web/runs_post.c. */
void runs_post(struct web *web, struct http_request *r);

/* Is there room for one more of this client?  -1: f says why not. */
int runs_check_room(struct runs *runs, const char *client, struct fault *f);
/*
 * Takes order->message; owner->client lives as long as the run.  done is not
 * called before it returns.  NULL: no memory, f says so.
 */
struct run *runs_start(struct runs *runs, struct run_request *order,
    const struct run_owner *owner, struct fault *f);
/* Nobody wants to know how it ends, and why; done is not called. */
void runs_cancel(struct run *run, const char *why);

/* From a worker's channel. */
int runs_on_result(struct peer *worker, struct message *m);
int runs_on_refused(struct peer *worker, struct message *m);
/* A worker is there: those that wait can go. */
void runs_worker_came(struct web *web);
/* Its runs are lost; worker->channel is NULL already. */
void runs_worker_left(struct peer *worker, const char *why);

/* Refuses all of them 503, and cancels what runs. */
void runs_stop_all(struct web *web);

struct tally *runs_tally(struct runs *runs);
size_t runs_in_flight(const struct runs *runs);

#endif
