/*
 * pool/removal.c -- the end of a container.
 *
 * A container is removed by its name, which we chose, so that one whose
 * creation was never confirmed is removed too.  Removal waits for a call
 * that Docker still owes us an answer to: else a late "create" could follow
 * the "remove".  What cannot be removed now is forgotten; the sweep, which
 * runs from time to time, finds it by its label.
 */
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/log.h"
#include "pool/attach.h"
#include "pool/pool.h"

/* Removing is cheaper for the engine than making, and urgent at the end. */
#define DRAIN_PARALLEL 32

static void
uid_free(struct pool *pool, uid_t uid)
{
	if (uid >= pool->child.settings.uid_first)
		pool->uid_used[uid - pool->child.settings.uid_first] = 0;
}

void
removal_check_drained(struct pool *pool)
{
	bool engine_unknown = !pool->engine_up &&
	    pool->engine_problem[0] == '\0';

	if (!pool->draining || pool->sweeping > 0 || engine_unknown ||
	    (pool->engine_up && !sweep_is_settled(pool)))
		return;
	for (uint16_t l = 0; l < pool->child.languages.n; l++)
		if (slots_total(&pool->slots, l) > 0)
			return;
	if (!pool->engine_up)
		log_warn("docker does not answer; the next start removes "
			 "what is left");
	child_drained(&pool->child);
}

static void
on_removed(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	struct pool *pool = s->pool;
	struct err e;
	bool left, late;

	pool->removing--;
	/* 404: gone already, or its creation is not over yet. */
	left = docker_expect(answer, 204, 404, "remove", &e) < 0 &&
	    answer->status != 409;
	late = answer->status == 404 && s->doom == VERDICT_CREATE_FAILED;
	if (left)
		log_warn("container=%u name=%s left to the sweep: %s",
		    s->number, s->name, e.text);
	if (!left)
		uid_free(pool, s->uid); /* else it may still be in use */
	slot_free(&pool->slots, s);
	if ((left || late) && pool->engine_up)
		sweep_start(pool);
	removal_continue(pool);
	pool_refill(pool);
	removal_check_drained(pool);
}

static void
remove_slot(struct slot *s)
{
	char path[256];
	struct err e;

	/* It is asked to end, and waited for: frozen, that would be for ever.
	 */
	if (s->apart && cgroup_can_freeze(&s->cgroup))
		(void)cgroup_thaw(&s->cgroup, &e);
	snprintf(
	    path, sizeof path, "/containers/%s?force=true&v=true", s->name);
	s->call_pending = true;
	s->pool->removing++;
	docker_call(s->pool->docker, "DELETE", path, NULL, on_removed, s);
}

void
removal_continue(struct pool *pool)
{
	uint32_t parallel = pool->draining ? DRAIN_PARALLEL :
					     pool->child.settings.pool_parallel;

	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct slot *s;

		TAILQ_FOREACH_REVERSE(
		    s, &pool->slots.in[l][SLOT_DOOMED], slot_list, link)
		{
			if (pool->removing >= parallel)
				return;
			if (!s->call_pending)
				remove_slot(s);
		}
	}
}

void
slot_doom(struct slot *s, enum lease_verdict doom, const char *format, ...)
{
	struct pool *pool = s->pool;
	char why[300];
	va_list ap;

	if (s->state == SLOT_DOOMED)
		return;
	va_start(ap, format);
	vsnprintf(why, sizeof why, format, ap);
	va_end(ap);
	s->doom = doom;
	s->worker = NULL;
	pool->slots.destroyed[doom]++;
	slot_set_state(&pool->slots, s, SLOT_DOOMED, why);
	if (s->attach != NULL) {
		attach_cancel(s->attach);
		s->attach = NULL;
		s->call_pending = false;
	}
	if (s->stream_event != NULL)
		event_del(s->stream_event);
	removal_continue(pool);
	pool_refill(pool);
}

bool
slot_call_ended(struct slot *s)
{
	s->call_pending = false;
	if (s->state != SLOT_DOOMED)
		return false;
	removal_continue(s->pool);
	return true;
}

void
pool_doom_all(struct pool *pool, enum slot_state state, enum lease_verdict doom,
    const char *why)
{
	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct slot *s = TAILQ_FIRST(&pool->slots.in[l][state]);

		while (s != NULL) {
			struct slot *next = TAILQ_NEXT(s, link);

			if (state == SLOT_LEASED)
				lend_lost(s, why);
			slot_doom(s, doom, "%s", why);
			s = next;
		}
	}
}
