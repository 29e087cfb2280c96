#include "pool/policy.h"

/* a - b, and never less than nothing. */
static uint64_t
beyond(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* For how many who wait for a fresh one there is none, nor one in the making.
 */
static uint64_t
fresh_missing(const struct pool_level *level)
{
	return beyond(level->waiting_fresh,
	    (uint64_t)level->idle_fresh + level->creating);
}

uint32_t
policy_to_create(const struct pool_level *level, uint32_t room)
{
	uint64_t n = beyond((uint64_t)level->idle_wanted + level->waiting,
	    (uint64_t)level->idle + level->creating);
	uint64_t space = beyond(level->total_max, level->total);

	/* Used ones may be idle, which do not serve those. */
	if (n < fresh_missing(level))
		n = fresh_missing(level);
	if (n > space)
		n = space;
	return n > room ? room : (uint32_t)n;
}

uint32_t
policy_room_wanted(const struct pool_level *level)
{
	uint64_t stay = beyond(level->total, level->removing);

	return (uint32_t)beyond(
	    fresh_missing(level), beyond(level->total_max, stay));
}

bool
policy_may_retire(const struct pool_level *level)
{
	return level->waiting == 0 && level->idle > 1;
}

enum lease_verdict
policy_of_age(const struct pool_wear *wear, const struct settings *s)
{
	if (wear->uses > 0 && wear->used_us > s->reuse_age_s * 1000000ull)
		return VERDICT_REUSE_AGE;
	if (wear->age_us > s->pool_age_s * 1000000ull)
		return VERDICT_POOL_AGE;
	return VERDICT_CLEAN;
}

enum lease_verdict
policy_of_return(enum lease_verdict said, const struct pool_wear *wear,
    const struct settings *s)
{
	/* The worker has neither thawed it nor said a word to it; unless it
	 * came thawed, for want of cgroup files. */
	if (said == VERDICT_UNUSED && wear->can_freeze)
		return VERDICT_CLEAN;
	if (said != VERDICT_CLEAN)
		return said;
	if (!wear->walled || !wear->can_freeze || s->reuse != REUSE_ALWAYS)
		return VERDICT_BROKEN;
	if (wear->uses >= s->reuse_runs)
		return VERDICT_REUSE_RUNS;
	return policy_of_age(wear, s);
}

uint32_t
policy_retry_ms(unsigned failures, uint32_t first_ms, uint32_t max_ms)
{
	uint64_t pause = first_ms;

	for (unsigned i = 1; i < failures && pause < max_ms; i++)
		pause *= 2;
	return pause > max_ms ? max_ms : (uint32_t)pause;
}
