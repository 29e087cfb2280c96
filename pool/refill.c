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

static struct pool_level
level_of(const struct pool *pool, uint16_t language)
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
			struct pool_level level = level_of(pool, l);

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

void
pool_retire_old(struct pool *pool)
{
	uint64_t age_max_us = pool->child.settings.pool_age_s * 1000000ull;

	for (uint16_t l = 0; l < pool->child.languages.n; l++) {
		struct pool_level level = level_of(pool, l);
		struct slot *oldest = TAILQ_LAST(
		    &pool->slots.in[l][SLOT_PAUSED], slot_list);

		if (oldest != NULL &&
		    policy_may_retire(
			&level, clock_us() - oldest->created_us, age_max_us))
			slot_doom(oldest, DOOM_AGE, "older than pool_age_s");
	}
}
