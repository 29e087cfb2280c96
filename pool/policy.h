/*
 * pool/policy.h -- how many containers there should be, and which of them have
 * served long enough, as pure functions.
 */
#ifndef POOL_POLICY_H
#define POOL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/lease.h"
#include "common/settings.h"

/* One language, as it is.  Fresh: that has never run a program. */
struct pool_level {
	uint32_t idle; /* PAUSED */
	uint32_t creating;
	uint32_t total;       /* all states */
	uint32_t waiting;     /* asks in the queue */
	uint32_t idle_wanted; /* setting pool_idle */
	uint32_t total_max;   /* setting pool_total */
	uint32_t removing;    /* of the total */
	uint32_t idle_fresh, waiting_fresh;
};

/* How many to start making now, when `room` more may be made at a time. */
uint32_t policy_to_create(const struct pool_level *level, uint32_t room);

/*
 * How many used ones must go so that those who wait for a fresh one can get
 * it: pool_total is reached, and nothing is being removed yet.
 */
uint32_t policy_room_wanted(const struct pool_level *level);

/* May an idle container be taken away now?  Only when nobody waits, and not
 * the last of its language. */
bool policy_may_retire(const struct pool_level *level);

/* One container. */
struct pool_wear {
	bool walled;      /* its runner builds inner walls */
	bool can_freeze;  /* its cgroup can be reached */
	uint32_t uses;    /* programs that it has run */
	uint64_t age_us;  /* since it was made */
	uint64_t used_us; /* since its first run began */
};

/* Has it served long enough?  Clean: it has not. */
enum lease_verdict
policy_of_age(const struct pool_wear *wear, const struct settings *s);

/*
 * A worker gives it back, and says how it is.  Clean: it can be lent again;
 * else it is destroyed for this reason.  What cannot be clean is broken: the
 * worker is not believed.
 */
enum lease_verdict policy_of_return(enum lease_verdict said,
    const struct pool_wear *wear, const struct settings *s);

/* Pause before the next attempt after n failures in a row. */
uint32_t policy_retry_ms(unsigned failures, uint32_t first_ms, uint32_t max_ms);

#endif
