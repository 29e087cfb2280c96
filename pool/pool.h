/*
 * pool/pool.h -- the pool process as one struct, and who does what with it.
 *
 *   engine.c   is Docker there?  its events
 *   sweep.c    containers that a dead supervisor, or an engine that went
 *              away, left behind
 *   refill.c   how many containers to make, and the age of idle ones
 *   prewarm.c  one container, from create to PAUSED
 *   removal.c  DOOMED containers, to their end
 *   lend.c     workers: asks, grants, returns
 *   facts.c    what the engine says of itself
 *   reuse.c    what comes back: lent again, or why not; fresh ones
 *   stats.c    what GET /admin/stats shows
 *
 * Runs in:  the pool process, which alone may speak to Docker.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/child.h"
#include "common/run.h"
#include "pool/docker.h"
#include "pool/owner.h"
#include "pool/policy.h"
#include "pool/queue.h"
#include "pool/slot.h"

struct event;

struct worker {
	struct pool *pool;
	unsigned index;
	struct channel *channel; /* NULL: not there */
};

/* One language's luck with making containers. */
struct making {
	unsigned failures; /* in a row */
	uint64_t retry_at_us;
	char problem[256]; /* of the last failure; "" after a success */
};

/* What is known of one language's inner wall, by its last runner. */
struct wall {
	bool known, walled;
	bool can_freeze;
	char problem[FRAME_WHY_MAX]; /* why it is not; "" when it is */
};

/* How one language's containers were used. */
struct worn {
	uint64_t recycled;  /* came back clean, and waited again */
	uint32_t most_runs; /* of one container */
};

struct pool {
	struct child child;
	struct docker *docker;
	const char *socket_path;
	char *seccomp;        /* the containers' profile, JSON */
	const char *apparmor; /* and their other one's name; NULL: none */
	struct owner self;
	char owner_label[128];

	bool engine_up;
	bool swept; /* leftovers are known, so containers may be made */
	unsigned engine_failures;
	char engine_problem[256];
	json_t *facts; /* what it says of itself, see facts.h */
	struct msgbuf event_line;
	struct event *engine_timer;

	struct slots slots;
	struct making making[LANGUAGES_MAX];
	struct wall wall[LANGUAGES_MAX];
	struct worn worn[LANGUAGES_MAX];
	uint32_t removing;
	uint32_t next_uid;
	uint8_t *uid_used; /* one byte each */

	struct wait_queue queue;
	struct event *queue_timer;
	struct worker worker[WORKERS_MAX];
	struct channel *web;
	uint64_t granted, denied[REFUSED_NREASONS];

	struct event *janitor;
	unsigned janitor_rounds;
	bool filled;
	bool draining;
	uint32_t sweeping;     /* calls of a sweep that are under way */
	unsigned sweeps;       /* since something may have been left */
	unsigned clean_sweeps; /* of them in a row, that found nothing */
	struct event *sweep_timer;
};

static inline const struct language *
pool_language(const struct pool *pool, uint16_t language)
{
	return &pool->child.languages.all[language];
}

/* engine.c */
void engine_start(struct pool *pool);

/* sweep.c: something may be left.  Asks for the list, removes what nobody
 * owns, refills, and looks again until it is settled that nothing is left. */
void sweep_start(struct pool *pool);
bool sweep_is_settled(const struct pool *pool);

/* refill.c */
struct pool_level pool_level_of(const struct pool *pool, uint16_t language);
void pool_refill(struct pool *pool);
void pool_retire_old(struct pool *pool);
void making_failed(struct pool *pool, uint16_t language, const char *problem);

/* prewarm.c */
void prewarm_start(struct pool *pool, uint16_t language);
/* While it is PAUSED: a byte or an end on its stream dooms the slot. */
void prewarm_watch_idle(struct slot *s);
/* NULL: neither a byte nor an end on the stream.  Else what is wrong. */
const char *prewarm_stream_problem(const struct slot *s);

/* removal.c: ends a container's life; its removal follows by itself. */
void slot_doom(struct slot *s, enum lease_verdict doom, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
/* For callbacks: the pending call has ended.  True: it was doomed since. */
bool slot_call_ended(struct slot *s);
void removal_continue(struct pool *pool);
/* Says DRAINED when the pool is draining and nothing is left. */
void removal_check_drained(struct pool *pool);
/* Dooms every slot of a state. */
void pool_doom_all(struct pool *pool, enum slot_state state,
    enum lease_verdict doom, const char *why);

/* lend.c; lend_start: -1 is no memory. */
int lend_start(struct pool *pool);
void lend_add_peer(struct pool *pool, enum role role, unsigned index, int fd);
/* Gives idle containers to who waits. */
void lend_idle(struct pool *pool, uint16_t language);
/* Tells the worker that what it holds is gone. */
void lend_lost(struct slot *s, const char *why);
/* Denies all that wait. */
void lend_deny_all(struct pool *pool, enum refusal refusal, const char *why);

/* reuse.c */
struct pool_wear slot_wear(const struct slot *s);
/* It is known that there are no inner walls for this language. */
bool reuse_is_unwalled(const struct pool *pool, uint16_t language);
/* A container is ready: does its runner build inner walls? */
void reuse_learn(const struct slot *s);
/* To a web that has just come. */
void reuse_tell_web(struct pool *pool);
/* Dooms idle used containers, if those who wait for a fresh one need it. */
void reuse_make_room(struct pool *pool, uint16_t language);
/* If nothing speaks against its next run, it comes back. */
bool reuse_is_likely(const struct slot *s);
/* LEASED to PAUSED, or to DOOMED. */
void
reuse_take_back(struct slot *s, enum lease_verdict said, const char *details);

/* stats.c */
json_t *pool_stats(void *arg);

#endif
