/*
 * pool/slot.h -- one container and its life.
 *
 *     CREATING --> PAUSED <--> LEASED --> DOOMED --> (freed)
 *         \___________\____________________^
 *              anything that goes wrong, or too much use
 *
 * A slot owns one Docker container from create to remove, and one user id.
 * The container waits paused; it runs only while it is lent, and until the
 * worker has made it fit for the next run.
 *
 * Runs in:  the pool process.  Blocks: never.
 * Always:   a slot is PAUSED only when its runner has said READY and nothing
 *           has run since.  A state changes by slot_set_state alone, which
 *           keeps the lists and counts of struct slots right.  In the list of
 *           PAUSED come first those that have run a program, the last one
 *           used before the others: they are warm.  Then the fresh ones.
 */
#ifndef POOL_SLOT_H
#define POOL_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "common/cgroup.h"
#include "common/frames.h"
#include "common/languages.h"
#include "common/lease.h"

enum slot_state {
	SLOT_CREATING,
	SLOT_PAUSED,
	SLOT_LEASED,
	SLOT_DOOMED,
	SLOT_NSTATES
};

const char *slot_state_name(enum slot_state state);

struct attach;
struct event;
struct pool;
struct worker;

struct slot {
	TAILQ_ENTRY(slot) link; /* in slots.in[language][state] */
	struct pool *pool;
	uint32_t number;
	uint16_t language;
	enum slot_state state;
	uid_t uid;
	char name[96]; /* of the container; we choose it */
	char exec_id[129];
	uint64_t created_us;

	/* while it is made */
	bool call_pending; /* Docker still owes an answer: not removed yet */
	bool hello, ready; /* what the runner has said */
	struct hello_frame greeting;
	struct attach *attach;
	struct event *stream_event;
	struct demux demux;
	struct frame_reader reader;

	int stream_fd;
	pid_t runner_pid;
	struct cgroup cgroup;
	/*
	 * The runtime brings a kernel of its own, which must run to be spoken
	 * to, if only to be told to end: it is not paused while it waits.
	 */
	bool apart;

	uint32_t uses;          /* programs it has run; 0: it is fresh */
	uint64_t first_used_us; /* when the first of them was granted it */

	/* while it is lent */
	struct worker *worker;
	uint64_t run;

	enum lease_verdict doom; /* why it is DOOMED */
};

TAILQ_HEAD(slot_list, slot);

/* All slots, by language and state. */
struct slots {
	struct slot_list in[LANGUAGES_MAX][SLOT_NSTATES];
	uint32_t count[LANGUAGES_MAX][SLOT_NSTATES];
	uint32_t next_number;
	uint64_t destroyed[VERDICT_NVERDICTS];
	uint64_t created;
};

void slots_init(struct slots *slots);
/* A new slot, CREATING.  NULL: no memory. */
struct slot *
slot_new(struct slots *slots, struct pool *pool, uint16_t language);
/* Asserts that the step is allowed, logs it with its reason, moves it. */
void slot_set_state(
    struct slots *slots, struct slot *s, enum slot_state to, const char *why);
/* Closes what it holds and forgets it. */
void slot_free(struct slots *slots, struct slot *s);

struct slot *slots_find_lease(
    struct slots *slots, const struct worker *worker, uint64_t run);
struct slot *slots_find_name(struct slots *slots, const char *name);
/* The PAUSED one to lend next; fresh: of those that have never run a program.
 * NULL: there is none. */
struct slot *
slots_idle(const struct slots *slots, uint16_t language, bool fresh);
/* The PAUSED one that has run programs, the last one longest ago. */
struct slot *slots_idle_coldest(const struct slots *slots, uint16_t language);
uint32_t slots_total(const struct slots *slots, uint16_t language);

#endif
