/*
 * pool/lend.c -- workers ask, the pool grants, workers return.
 *
 * The container that was used last is lent first: its pages are warm; then
 * those that have never run a program, so that they stay for who asks for one.
 * Nobody idle: the ask waits its turn until its deadline.  A worker that goes
 * away returns nothing, so all that it had is destroyed.
 */
#include <event2/event.h>
#include <stdio.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/lease.h"
#include "common/log.h"
#include "pool/pool.h"

#define RETRY_AFTER_S 1

static void
deny(struct worker *w, uint64_t run, enum refusal refusal, const char *why)
{
	struct msgbuf m;

	log_info("run=" RUN_ID_FORMAT " denied: %s", run, why);
	w->pool->denied[refusal]++;
	msgbuf_init(&m, msg_info(MSG_LEASE_DENY)->max);
	msgbuf_put_u8(&m, (uint8_t)refusal);
	msgbuf_put_u32(&m, RETRY_AFTER_S);
	msgbuf_put_str(&m, why);
	channel_send(w->channel, MSG_LEASE_DENY, run, &m);
	msgbuf_fini(&m);
}

/* ---- granting --------------------------------------------------------- */

static void
send_grant(struct slot *s, bool thawed)
{
	struct lease lease = {
		.container = s->number,
		.runner_pid = s->runner_pid,
		.thawed = thawed,
		.walled = s->greeting.walled,
		.used = s->uses > 0,
		.stream_fd = s->stream_fd,
		.cgroup = s->cgroup,
	};

	lease_send(s->worker->channel, s->run, &lease);
}

static void
on_unpaused(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	struct err e;

	if (slot_call_ended(s))
		return;
	if (docker_expect(answer, 204, 204, "unpause", &e) == 0) {
		send_grant(s, true);
		return;
	}
	lend_lost(s, e.text);
	slot_doom(s, VERDICT_CONTAINER_DIED, "%s", e.text);
}

static void
grant(struct slot *s, struct worker *w, uint64_t run)
{
	struct pool *pool = s->pool;
	char path[128];

	event_del(s->stream_event);
	s->worker = w;
	s->run = run;
	if (s->uses == 0)
		s->first_used_us = clock_us();
	slot_set_state(&pool->slots, s, SLOT_LEASED, "granted");
	log_debug("run=" RUN_ID_FORMAT " container=%u granted", run, s->number);
	pool->granted++;
	if (cgroup_can_freeze(&s->cgroup) || s->apart) {
		send_grant(s, s->apart);
		return;
	}
	snprintf(path, sizeof path, "/containers/%s/unpause", s->name);
	s->call_pending = true;
	docker_call(pool->docker, "POST", path, NULL, on_unpaused, s);
}

static void
set_queue_timer(struct pool *pool)
{
	uint64_t deadline = wait_queue_deadline(&pool->queue);
	uint64_t now = clock_us();
	struct timeval tv = clock_timeval_us(
	    deadline > now ? deadline - now : 0);

	if (deadline == 0)
		event_del(pool->queue_timer);
	else
		event_add(pool->queue_timer, &tv);
}

static void
say_filled(struct pool *pool)
{
	for (uint16_t l = 0; !pool->filled && l < pool->child.languages.n; l++)
		if (pool->slots.count[l][SLOT_PAUSED] == 0)
			return;
	if (!pool->filled)
		channel_send(pool->child.control, MSG_FILLED, 0, NULL);
	pool->filled = true;
}

/* An idle container, and who is to have it.  NULL: the one or the other is
 * missing. */
static struct slot *
next_to_lend(struct pool *pool, uint16_t language, struct ask *ret)
{
	struct slot *s = slots_idle(&pool->slots, language, false);

	if (s != NULL &&
	    wait_queue_pop(&pool->queue, language, s->uses == 0, ret))
		return s;
	/* Nobody takes a used one; behind it may be a fresh one. */
	s = slots_idle(&pool->slots, language, true);
	if (s != NULL && wait_queue_pop(&pool->queue, language, true, ret))
		return s;
	return NULL;
}

void
lend_idle(struct pool *pool, uint16_t language)
{
	struct slot *s;
	struct ask ask;

	say_filled(pool);
	while ((s = next_to_lend(pool, language, &ask)) != NULL)
		grant(s, ask.worker, ask.run);
	set_queue_timer(pool);
}

/* ---- what workers say ------------------------------------------------- */

static void
why_nothing_is_free(
    const struct pool *pool, const struct ask *ask, char *text, size_t size)
{
	const struct making *m = &pool->making[ask->language];
	const char *name = pool_language(pool, ask->language)->name;

	if (m->problem[0] != '\0')
		snprintf(text, size, "no %s container can be made: %s", name,
		    m->problem);
	else
		snprintf(text, size, "no %s%s container became free in time",
		    ask->fresh ? "fresh " : "", name);
}

static void
on_queue_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pool *pool = arg;
	char why[400];
	struct ask ask;

	(void)fd, (void)what;
	while (wait_queue_expire(&pool->queue, clock_us(), &ask)) {
		why_nothing_is_free(pool, &ask, why, sizeof why);
		deny(ask.worker, ask.run,
		    pool->making[ask.language].problem[0] ? REFUSED_ENGINE :
							    REFUSED_BUSY,
		    why);
	}
	set_queue_timer(pool);
}

/* May this ask wait?  Else it is denied here. */
static bool
may_wait(struct worker *w, const struct ask *ask)
{
	struct pool *pool = w->pool;
	char why[300];

	if (pool->draining) {
		deny(w, ask->run, REFUSED_DRAINING, "the service is stopping");
		return false;
	}
	if (!pool->engine_up && pool->engine_problem[0] != '\0') {
		snprintf(why, sizeof why,
		    "the Docker engine does not answer "
		    "(%.200s)",
		    pool->engine_problem);
		deny(w, ask->run, REFUSED_ENGINE, why);
		return false;
	}
	if (!wait_queue_push(&pool->queue, ask)) {
		snprintf(why, sizeof why,
		    "%u programs wait for a container "
		    "already",
		    pool->queue.total);
		deny(w, ask->run, REFUSED_BUSY, why);
		return false;
	}
	return true;
}

static int
on_lease_ask(void *arg, struct message *m)
{
	struct worker *w = arg;
	struct pool *pool = w->pool;
	struct ask ask = { .worker = w, .run = m->id, .asked_us = clock_us() };
	uint32_t wait_ms;
	uint8_t fresh;
	struct slot *s;

	ask.language = msgbuf_get_u16(&m->body);
	wait_ms = msgbuf_get_u32(&m->body);
	fresh = msgbuf_get_u8(&m->body);
	if (!msgbuf_done(&m->body) || fresh > 1 ||
	    ask.language >= pool->child.languages.n)
		return -1;
	ask.fresh = fresh;
	ask.deadline_us = ask.asked_us + wait_ms * 1000ull;
	s = slots_idle(&pool->slots, ask.language, ask.fresh);
	if (s != NULL && !pool->draining) {
		grant(s, w, ask.run);
		/* The janitor sees whether it has come back soon. */
		if (reuse_is_likely(s) &&
		    pool->slots.count[ask.language][SLOT_PAUSED] > 0)
			return 0;
	} else if (!may_wait(w, &ask)) {
		return 0;
	} else {
		set_queue_timer(pool);
		reuse_make_room(pool, ask.language);
	}
	pool_refill(pool);
	return 0;
}

static int
on_lease_cancel(void *arg, struct message *m)
{
	struct worker *w = arg;

	/* Not there: the grant is on its way, and comes back unused. */
	if (wait_queue_remove(&w->pool->queue, w, m->id))
		set_queue_timer(w->pool);
	return 0;
}

static int
on_lease_return(void *arg, struct message *m)
{
	struct worker *w = arg;
	struct pool *pool = w->pool;
	enum lease_verdict verdict = msgbuf_get_u8(&m->body);
	char details[256];
	struct slot *s;

	msgbuf_get_str(&m->body, details, sizeof details);
	if (!msgbuf_done(&m->body) || verdict >= VERDICT_OF_POOL)
		return -1;
	s = slots_find_lease(&pool->slots, w, m->id);
	/* NULL: lost meanwhile, and the worker was told. */
	if (s != NULL)
		reuse_take_back(s, verdict, details);
	return 0;
}

void
lend_lost(struct slot *s, const char *why)
{
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_LEASE_LOST)->max);
	msgbuf_put_str(&m, why);
	channel_send(s->worker->channel, MSG_LEASE_LOST, s->run, &m);
	msgbuf_fini(&m);
}

void
lend_deny_all(struct pool *pool, enum refusal refusal, const char *why)
{
	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct ask ask;

		while (wait_queue_pop(&pool->queue, l, true, &ask))
			deny(ask.worker, ask.run, refusal, why);
	}
	set_queue_timer(pool);
}

/* ---- peers ------------------------------------------------------------ */

static const struct channel_rule from_worker[] = {
	{ MSG_LEASE_ASK, on_lease_ask },
	{ MSG_LEASE_CANCEL, on_lease_cancel },
	{ MSG_LEASE_RETURN, on_lease_return },
};

static void
forget_worker(struct worker *w)
{
	struct pool *pool = w->pool;

	wait_queue_remove_worker(&pool->queue, w);
	set_queue_timer(pool);
	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct slot *s = TAILQ_FIRST(&pool->slots.in[l][SLOT_LEASED]);

		while (s != NULL) {
			struct slot *next = TAILQ_NEXT(s, link);

			if (s->worker == w)
				slot_doom(s, VERDICT_WORKER_DIED,
				    "worker %u is gone", w->index);
			s = next;
		}
	}
}

static void
on_worker_closed(void *arg, const char *why)
{
	struct worker *w = arg;

	log_debug("worker=%u channel closed: %s", w->index, why);
	w->channel = NULL;
	forget_worker(w);
}

static const struct channel_rules worker_rules = {
	.rules = from_worker,
	.nrules = nitems(from_worker),
	.closed = on_worker_closed,
};

static int
on_stats_ask(void *arg, struct message *m)
{
	struct pool *pool = arg;

	child_send_stats(&pool->child, pool->web, m->id);
	return 0;
}

static const struct channel_rule from_web[] = {
	{ MSG_STATS_ASK, on_stats_ask },
};

static void
on_web_closed(void *arg, const char *why)
{
	struct pool *pool = arg;

	log_debug("web channel closed: %s", why);
	pool->web = NULL;
}

static const struct channel_rules web_rules = {
	.rules = from_web,
	.nrules = nitems(from_web),
	.closed = on_web_closed,
};

int
lend_start(struct pool *pool)
{
	wait_queue_init(&pool->queue, pool->child.settings.pool_queue);
	pool->queue_timer = event_new(
	    pool->child.base, -1, 0, on_queue_timer, pool);
	return pool->queue_timer == NULL ? -1 : 0;
}

void
lend_add_peer(struct pool *pool, enum role role, unsigned index, int fd)
{
	struct event_base *base = pool->child.base;

	if (role == ROLE_WORKER && index < WORKERS_MAX) {
		struct worker *w = &pool->worker[index];

		if (w->channel != NULL) {
			channel_close(w->channel);
			forget_worker(w);
		}
		w->pool = pool;
		w->index = index;
		w->channel = channel_open(base, fd, "worker", &worker_rules, w);
	} else if (role == ROLE_WEB) {
		channel_close(pool->web);
		pool->web = channel_open(base, fd, "web", &web_rules, pool);
		reuse_tell_web(pool);
	} else {
		close(fd);
	}
}
