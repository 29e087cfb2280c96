#include "web/runs.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/order.h"
#include "web/tally.h"
#include "web/web.h"

#define BUCKETS 1024u

struct run {
	uint64_t id;
	struct runs *all;
	const char *client; /* borrowed; NULL: the service's own run */
	uint64_t since_us;
	runs_done *done;
	void *arg;
	struct peer *worker; /* NULL: waits for one */
	unsigned language;
	struct msgbuf message; /* RUN, while it waits */
	uint64_t deadline_us;  /* of waiting */
	LIST_ENTRY(run) in_bucket;
	TAILQ_ENTRY(run) in_order;
};

TAILQ_HEAD(run_list, run);

struct runs {
	struct web *web;
	LIST_HEAD(run_bucket, run) buckets[BUCKETS]; /* by id */
	struct run_list given, waiting;
	size_t ngiven, nwaiting;
	struct event *timer; /* for the first that waits */

	struct tally tally;
};

static const unsigned refusal_status[REFUSED_NREASONS] = {
	[REFUSED_BUSY] = 503,
	[REFUSED_ENGINE] = 503,
	[REFUSED_CONTAINER_LOST] = 502,
	[REFUSED_TOO_LARGE] = 413,
	[REFUSED_RUNNER] = 500,
	[REFUSED_DRAINING] = 503,
	[REFUSED_INTERNAL] = 500,
};

static const char *
language_of(const struct run *run)
{
	return run->all->web->child.languages.all[run->language].name;
}

/* ---- one run's life --------------------------------------------------- */

static struct run *
find(struct runs *runs, uint64_t id)
{
	struct run *run;

	LIST_FOREACH(run, &runs->buckets[id % BUCKETS], in_bucket)
	if (run->id == id)
		return run;
	return NULL;
}

/* Random, so that nobody guesses another's; unique among those in flight. */
static int
new_id(struct runs *runs, uint64_t *ret_id)
{
	uint64_t id;

	do {
		if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
			return -1;
	} while (id == 0 || find(runs, id) != NULL);
	*ret_id = id;
	return 0;
}

/* Out of every list; the request is not touched. */
static void
run_free(struct run *run)
{
	struct runs *runs = run->all;

	LIST_REMOVE(run, in_bucket);
	if (run->worker != NULL) {
		run->worker->running--;
		runs->ngiven--;
		TAILQ_REMOVE(&runs->given, run, in_order);
	} else {
		runs->nwaiting--;
		TAILQ_REMOVE(&runs->waiting, run, in_order);
	}
	msgbuf_fini(&run->message);
	free(run);
}

static void
cancel(const struct run *run)
{
	if (run->worker != NULL)
		channel_send(run->worker->channel, MSG_CANCEL, run->id, NULL);
}

void
runs_cancel(struct run *run, const char *why)
{
	log_info("run=" RUN_ID_FORMAT " cancelled: %s", run->id, why);
	if (run->client != NULL)
		run->all->tally.by_status[RUN_CANCELLED]++;
	cancel(run);
	run_free(run);
}

/* One of both: the result, or why there is none. */
static void
end(struct run *run, const struct run_result *result, struct fault *f)
{
	const struct run_end end = {
		.all = run->all,
		.report = {
			.id = run->id,
			.language = language_of(run),
			.result = result,
			.total_us = clock_us() - run->since_us,
		},
		.fault = f,
	};
	runs_done *done = run->done;
	void *arg = run->arg;

	run_free(run);
	done(arg, &end);
}

static void
refuse(struct run *run, enum refusal why, const char *words,
    uint32_t retry_after_s)
{
	struct fault f;

	run->all->tally.refused[why]++;
	fault_set(&f, refusal_status[why], refusal_name(why), "%s", words);
	f.retry_after_s = retry_after_s;
	end(run, NULL, &f);
}

/* ---- giving runs to workers ------------------------------------------- */

static struct peer *
least_busy(struct web *web)
{
	struct peer *best = NULL;

	for (size_t i = 0; i < web->nworkers; i++) {
		struct peer *worker = &web->workers[i];

		if (worker->channel != NULL &&
		    (best == NULL || worker->running < best->running))
			best = worker;
	}
	return best;
}

/* From waiting to given. */
static void
give(struct run *run, struct peer *worker)
{
	struct runs *runs = run->all;

	TAILQ_REMOVE(&runs->waiting, run, in_order);
	runs->nwaiting--;
	run->worker = worker;
	worker->running++;
	runs->ngiven++;
	TAILQ_INSERT_TAIL(&runs->given, run, in_order);
	channel_send(worker->channel, MSG_RUN, run->id, &run->message);
	msgbuf_fini(&run->message);
	log_debug(
	    "run=" RUN_ID_FORMAT " worker=%u assigned", run->id, worker->index);
}

static void
set_timer(struct runs *runs)
{
	const struct run *first = TAILQ_FIRST(&runs->waiting);
	uint64_t now = clock_us();
	struct timeval tv;

	if (first == NULL) {
		event_del(runs->timer);
		return;
	}
	tv = clock_timeval_us(
	    first->deadline_us > now ? first->deadline_us - now : 0);
	event_add(runs->timer, &tv);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct runs *runs = arg;
	struct run *run;

	(void)fd, (void)what;
	while ((run = TAILQ_FIRST(&runs->waiting)) != NULL &&
	    run->deadline_us <= clock_us())
		refuse(run, REFUSED_BUSY,
		    "no worker process was ready in time; try again", 1);
	set_timer(runs);
}

void
runs_worker_came(struct web *web)
{
	struct runs *runs = web->runs;
	struct run *run;
	struct peer *worker;

	while ((run = TAILQ_FIRST(&runs->waiting)) != NULL &&
	    (worker = least_busy(web)) != NULL)
		give(run, worker);
	set_timer(runs);
}

void
runs_worker_left(struct peer *worker, const char *why)
{
	struct runs *runs = worker->web->runs;
	struct run *run, *next;
	struct fault f;

	if (worker->running > 0)
		log_warn("worker=%u is gone with %zu programs: %s",
		    worker->index, worker->running, why);
	for (run = TAILQ_FIRST(&runs->given); run != NULL; run = next) {
		next = TAILQ_NEXT(run, in_order);
		if (run->worker != worker)
			continue;
		runs->tally.worker_lost++;
		fault_set(&f, 502, "worker_lost",
		    "the worker process that "
		    "ran it ended unexpectedly; the program may or may not "
		    "have run");
		end(run, NULL, &f);
	}
}

/* ---- a new run -------------------------------------------------------- */

static size_t
runs_of_client(const struct runs *runs, const char *client)
{
	const struct run_list *lists[] = { &runs->given, &runs->waiting };
	const struct run *run;
	size_t n = 0;

	for (size_t i = 0; i < nitems(lists); i++)
		TAILQ_FOREACH(run, lists[i], in_order)
			n += run->client && strcmp(run->client, client) == 0;
	return n;
}

int
runs_check_room(struct runs *runs, const char *client, struct fault *f)
{
	const struct settings *s = &runs->web->child.settings;

	if (runs->web->draining) {
		runs->tally.refused[REFUSED_DRAINING]++;
		fault_set(f, 503, refusal_name(REFUSED_DRAINING),
		    "the service is stopping");
	} else if (client != NULL &&
	    runs->nwaiting + runs->ngiven >= s->http_client_runs &&
	    runs_of_client(runs, client) >= s->http_client_runs) {
		runs->tally.too_many_runs++;
		fault_set(f, 429, "too_many_runs",
		    "%u programs of this "
		    "client run already; try again when one has ended",
		    s->http_client_runs);
	} else if (least_busy(runs->web) == NULL &&
	    runs->nwaiting >= s->pool_queue) {
		runs->tally.refused[REFUSED_BUSY]++;
		fault_set(f, 503, refusal_name(REFUSED_BUSY),
		    "too many programs wait already; try again soon");
	} else {
		return 0;
	}
	f->retry_after_s = 1;
	return -1;
}

/* Takes the message. */
static struct run *
run_new(struct runs *runs, struct run_request *order)
{
	struct run *run = calloc(1, sizeof *run);
	uint32_t wait_ms = runs->web->child.settings.pool_queue_ms;

	if (run == NULL || new_id(runs, &run->id) < 0) {
		free(run);
		msgbuf_fini(&order->message);
		return NULL;
	}
	run->all = runs;
	run->language = order->language;
	run->message = order->message;
	run->deadline_us = clock_us() + (uint64_t)wait_ms * 1000;
	LIST_INSERT_HEAD(&runs->buckets[run->id % BUCKETS], run, in_bucket);
	TAILQ_INSERT_TAIL(&runs->waiting, run, in_order);
	runs->nwaiting++;
	return run;
}

struct run *
runs_start(struct runs *runs, struct run_request *order,
    const struct run_owner *owner, struct fault *f)
{
	struct run *run = run_new(runs, order);
	struct peer *worker = least_busy(runs->web);

	if (run == NULL) {
		fault_set(f, 500, refusal_name(REFUSED_INTERNAL),
		    "no memory or no random number for a run");
		return NULL;
	}
	run->client = owner->client;
	run->since_us = owner->since_us;
	run->done = owner->done;
	run->arg = owner->arg;
	log_info("run=" RUN_ID_FORMAT " accepted language=%s bytes=%zu "
		 "client=%s",
	    run->id, language_of(run), order->code_bytes,
	    run->client ? run->client : "self-test");
	if (worker != NULL)
		give(run, worker);
	else if (run == TAILQ_FIRST(&runs->waiting))
		set_timer(runs);
	return run;
}

/* ---- from a worker ---------------------------------------------------- */

/* NULL is no fault: its client has left in the meantime. */
static struct run *
find_given(struct peer *worker, uint64_t id)
{
	struct run *run = find(worker->web->runs, id);

	return run != NULL && run->worker == worker ? run : NULL;
}

int
runs_on_result(struct peer *worker, struct message *m)
{
	struct run *run = find_given(worker, m->id);
	struct run_result result;

	/* Only we cancel, and forget the run then: nobody has to say so. */
	if (run_result_get(&m->body, &result) < 0 ||
	    result.status == RUN_CANCELLED)
		return -1;
	if (run == NULL)
		return 0;
	end(run, &result, NULL);
	return 0;
}

int
runs_on_refused(struct peer *worker, struct message *m)
{
	struct run *run = find_given(worker, m->id);
	enum refusal why = msgbuf_get_u8(&m->body);
	uint32_t retry_after_s = msgbuf_get_u32(&m->body);
	char words[512];

	msgbuf_get_str(&m->body, words, sizeof words);
	if (!msgbuf_done(&m->body) || why >= REFUSED_NREASONS)
		return -1;
	if (run != NULL)
		refuse(run, why, words, retry_after_s);
	return 0;
}

/* ---- the whole -------------------------------------------------------- */

void
runs_stop_all(struct web *web)
{
	struct run_list *lists[] = { &web->runs->given, &web->runs->waiting };
	struct run *run;

	for (size_t i = 0; i < nitems(lists); i++)
		while ((run = TAILQ_FIRST(lists[i])) != NULL) {
			cancel(run);
			refuse(run, REFUSED_DRAINING, "the service is stopping",
			    1);
		}
	event_del(web->runs->timer);
}

struct tally *
runs_tally(struct runs *runs)
{
	return &runs->tally;
}

size_t
runs_in_flight(const struct runs *runs)
{
	return runs->ngiven + runs->nwaiting;
}

struct runs *
runs_new(struct web *web)
{
	struct runs *runs = calloc(1, sizeof *runs);

	if (runs == NULL)
		return NULL;
	runs->web = web;
	TAILQ_INIT(&runs->given);
	TAILQ_INIT(&runs->waiting);
	runs->timer = event_new(web->child.base, -1, 0, on_timer, runs);
	if (runs->timer == NULL) {
		free(runs);
		return NULL;
	}
	return runs;
}

void
runs_free(struct runs *runs)
{
	event_free(runs->timer);
	free(runs);
}
