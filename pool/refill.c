/*
 * pool/refill.c -- keeps each language at its number of idle containers.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "pool/policy.h"
#include "pool/pool.h"

#define FIRST_RETRY_MS 200
#define RETRY_MAX_MS   30000

static uint32_t
idle_fresh(const struct pool *pool, uint16_t language)
{
	const struct slot *s;
	uint32_t n = 0;

	TAILQ_FOREACH(s, &pool->slots.in[language][SLOT_PAUSED], link)
		n += s->uses == 0;
	return n;
}

struct pool_level
pool_level_of(const struct pool *pool, uint16_t language)
{
	const struct settings *s = &pool->child.settings;
	const char *name = pool_language(pool, language)->name;

	return (struct pool_level){
		.idle = pool->slots.count[language][SLOT_PAUSED],
		.creating = pool->slots.count[language][SLOT_CREATING],
		.total = slots_total(&pool->slots, language),
		.waiting = pool->queue.count[language],
		.idle_wanted = setting_for(&s->pool_idle, name),
		.total_max = setting_for(&s->pool_total, name),
		.removing = pool->slots.count[language][SLOT_DOOMED],
		.idle_fresh = idle_fresh(pool, language),
		.waiting_fresh = pool->queue.fresh[language],
	};
}

static uint32_t
room_to_create(const struct pool *pool)
{
	uint32_t creating = 0;

	for (size_t l = 0; l < pool->child.languages.n; l++)
		creating += pool->slots.count[l][SLOT_CREATING];
	return pool->child.settings.pool_parallel > creating ?
	    pool->child.settings.pool_parallel - creating :
	    0;
}

void
pool_refill(struct pool *pool)
{
	bool more = true;

	if (!pool->engine_up || !pool->swept || pool->draining)
		return;
	/* One of each language in turn, so that all are served early. */
	while (more) {
		more = false;
		for (uint16_t l = 0; l < pool->child.languages.n; l++) {
			struct pool_level level = pool_level_of(pool, l);

			if (clock_us() < pool->making[l].retry_at_us ||
			    policy_to_create(&level, room_to_create(pool)) == 0)
				continue;
			prewarm_start(pool, l);
			more = true;
		}
	}
}

void
making_failed(struct pool *pool, uint16_t language, const char *problem)
{
	struct making *m = &pool->making[language];

	m->failures++;
	m->retry_at_us = clock_us() +
	    1000ull *
		policy_retry_ms(m->failures, FIRST_RETRY_MS, RETRY_MAX_MS);
	if (m->problem[0] == '\0')
		log_warn("language=%s no container can be made: %s",
		    pool_language(pool, language)->name, problem);
	snprintf(m->problem, sizeof m->problem, "%s", problem);
}

/* Those that have waited longest are at the end. */
static struct slot *
find_old(struct pool *pool, uint16_t language, enum lease_verdict *ret_why)
{
	struct slot *s;

	TAILQ_FOREACH_REVERSE(
	    s, &pool->slots.in[language][SLOT_PAUSED], slot_list, link)
	{
		struct pool_wear wear = slot_wear(s);

		*ret_why = policy_of_age(&wear, &pool->child.settings);
		if (*ret_why != VERDICT_CLEAN)
			return s;
	}
	return NULL;
}

void
pool_retire_old(struct pool *pool)
{
	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct pool_level level = pool_level_of(pool, l);
		enum lease_verdict why;
		struct slot *old;

		if (!policy_may_retire(&level))
			continue;
		old = find_old(pool, l, &why);
		if (old != NULL)
			slot_doom(old, why, "idle and old: %s",
			    lease_verdict_name(why));
	}
}
