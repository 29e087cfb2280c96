/*
 * worker/main.c -- the worker process: its two peers, and its runs.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/auto.h"
#include "common/log.h"
#include "worker/worker.h"

/* ---- web -------------------------------------------------------------- */

static int
on_run(void *arg, struct message *m)
{
	struct worker *w = arg;
	struct run_order order;

	if (run_order_get(&m->body, &order) < 0 ||
	    order.language >= w->child.languages.n ||
	    run_find(w, m->id) != NULL || recycle_has(w, m->id))
		return -1;
	run_start(w, m->id, &order);
	return 0;
}

static int
on_cancel(void *arg, struct message *m)
{
	struct run *r = run_find(arg, m->id);

	/* Not there: its result is on the way. */
	if (r != NULL)
		run_cancel(r);
	return 0;
}

static int
on_stats_ask(void *arg, struct message *m)
{
	struct worker *w = arg;

	child_send_stats(&w->child, w->web, m->id);
	return 0;
}

static const struct channel_rule from_web[] = {
	{ MSG_RUN, on_run },
	{ MSG_CANCEL, on_cancel },
	{ MSG_STATS_ASK, on_stats_ask },
};

/* Calls f for each run; f may end it. */
static void
for_each_run(struct worker *w, void (*f)(struct run *))
{
	struct run *r = TAILQ_FIRST(&w->runs);

	while (r != NULL) {
		struct run *next = TAILQ_NEXT(r, link);

		f(r);
		r = next;
	}
}

static void
on_web_closed(void *arg, const char *why)
{
	struct worker *w = arg;

	log_debug("web channel closed: %s", why);
	w->web = NULL;
	child_peer_lost(&w->child);
	for_each_run(w, run_cancel);
}

static const struct channel_rules web_rules = {
	.rules = from_web,
	.nrules = nitems(from_web),
	.closed = on_web_closed,
};

/* ---- pool ------------------------------------------------------------- */

static int
on_lease_grant(void *arg, struct message *m)
{
	struct worker *w = arg;
	struct run *r = run_find(w, m->id);
	struct lease lease;

	if (lease_receive(m, &lease) < 0)
		return -1;
	if (r != NULL && r->stage == STAGE_ASKED)
		run_granted(r, &lease);
	else
		run_return_lease(w, m->id, &lease, VERDICT_UNUSED, "");
	return 0;
}

static int
on_lease_deny(void *arg, struct message *m)
{
	struct run *r = run_find(arg, m->id);
	enum refusal refusal = msgbuf_get_u8(&m->body);
	uint32_t retry_s = msgbuf_get_u32(&m->body);
	char why[512];

	msgbuf_get_str(&m->body, why, sizeof why);
	if (!msgbuf_done(&m->body) || refusal >= REFUSED_NREASONS)
		return -1;
	if (r != NULL && r->stage == STAGE_ASKED)
		run_refuse(r, refusal, retry_s, why);
	return 0;
}

static int
on_lease_lost(void *arg, struct message *m)
{
	struct worker *w = arg;
	struct run *r = run_find(w, m->id);
	char why[512];

	msgbuf_get_str(&m->body, why, sizeof why);
	if (!msgbuf_done(&m->body))
		return -1;
	if (r != NULL)
		run_container_lost(r, why);
	/* It is answered, perhaps just now: only its container is lost. */
	recycle_lost(w, m->id);
	return 0;
}

static const struct channel_rule from_pool[] = {
	{ MSG_LEASE_GRANT, on_lease_grant },
	{ MSG_LEASE_DENY, on_lease_deny },
	{ MSG_LEASE_LOST, on_lease_lost },
};

static void
on_pool_closed(void *arg, const char *why)
{
	struct worker *w = arg;

	log_warn("pool channel closed: %s", why);
	w->pool = NULL;
	child_peer_lost(&w->child);
	for_each_run(w, run_pool_gone);
	recycle_pool_gone(w);
}

static const struct channel_rules pool_rules = {
	.rules = from_pool,
	.nrules = nitems(from_pool),
	.closed = on_pool_closed,
};

/* ---- life ------------------------------------------------------------- */

static int
start(void *arg, struct err *e)
{
	struct worker *w = arg;

	w->read_buffer = malloc(WORKER_READ_BYTES);
	return w->read_buffer ? 0 : err_set(e, ERR_MEMORY, "out of memory");
}

static void
on_peer(void *arg, enum role role, unsigned index, int fd)
{
	struct worker *w = arg;
	struct event_base *base = w->child.base;

	(void)index;
	if (role == ROLE_WEB) {
		if (w->web != NULL) {
			channel_close(w->web);
			on_web_closed(w, "a new web took its place");
		}
		w->web = channel_open(base, fd, "web", &web_rules, w);
	} else if (role == ROLE_POOL) {
		if (w->pool != NULL) {
			channel_close(w->pool);
			on_pool_closed(w, "a new pool took its place");
		}
		w->pool = channel_open(base, fd, "pool", &pool_rules, w);
		for_each_run(w, run_ask);
	} else {
		close(fd);
	}
}

static void
refuse_stopping(struct run *r)
{
	run_refuse(r, REFUSED_DRAINING, 1, "the service is stopping");
}

static void
drain(void *arg, uint32_t grace_ms)
{
	struct worker *w = arg;

	/* web has waited for its runs already; what is left has no time. */
	(void)grace_ms;
	for_each_run(w, refuse_stopping);
	recycle_stop(w);
	child_drained(&w->child);
}

static json_t *
stats(void *arg)
{
	struct worker *w = arg;
	unsigned leased = 0;
	struct run *r;

	TAILQ_FOREACH(r, &w->runs, link)
		leased += r->leased;
	/* clang-format off */
	return json_pack("{s:i, s:i, s:i, s:i, s:I}",
	    "index", (int)w->child.index,
	    "running", (int)leased,
	    "waiting", (int)(w->nruns - leased),
	    "recycling", (int)w->nrecycling,
	    "finished", (json_int_t)w->finished);
	/* clang-format on */
}

static const struct child_ops ops = {
	.start = start,
	.peer = on_peer,
	.drain = drain,
	.stats = stats,
};

int
worker_main(void)
{
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL)
		return 1;
	TAILQ_INIT(&w->runs);
	TAILQ_INIT(&w->recycling);
	return child_main(&w->child, ROLE_WORKER, &ops, w);
}
