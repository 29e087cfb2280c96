/*
 * pool/policy.h -- how many containers there should be, as pure functions.
 */
#ifndef POOL_POLICY_H
#define POOL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* One language, as it is. */
struct pool_level {
	uint32_t idle; /* PAUSED */
	uint32_t creating;
	uint32_t total;       /* all states */
	uint32_t waiting;     /* asks in the queue */
	uint32_t idle_wanted; /* setting pool_idle */
	uint32_t total_max;   /* setting pool_total */
};

/* How many to start making now, when `room` more may be made at a time. */
uint32_t policy_to_create(const struct pool_level *level, uint32_t room);

/* May a container of this age be replaced now?  Only one that is not the
 * last of its language. */
bool policy_may_retire(
    const struct pool_level *level, uint64_t age_us, uint64_t age_max_us);

/* Pause before the next attempt after n failures in a row. */
uint32_t policy_retry_ms(unsigned failures, uint32_t first_ms, uint32_t max_ms);

#endif
