#include "pool/policy.h"

uint32_t
policy_to_create(const struct pool_level *level, uint32_t room)
{
	uint64_t wanted = (uint64_t)level->idle_wanted + level->waiting;
	uint64_t have = (uint64_t)level->idle + level->creating;
	uint64_t n = wanted > have ? wanted - have : 0;
	uint32_t space = level->total_max > level->total ?
	    level->total_max - level->total :
	    0;

	if (n > space)
		n = space;
	return n > room ? room : (uint32_t)n;
}

bool
policy_may_retire(
    const struct pool_level *level, uint64_t age_us, uint64_t age_max_us)
{
	return age_us > age_max_us && level->waiting == 0 && level->idle > 1;
}

uint32_t
policy_retry_ms(unsigned failures, uint32_t first_ms, uint32_t max_ms)
{
	uint64_t pause = first_ms;

	for (unsigned i = 1; i < failures && pause < max_ms; i++)
		pause *= 2;
	return pause > max_ms ? max_ms : (uint32_t)pause;
}
