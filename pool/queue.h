/*
 * pool/queue.h -- asks that wait for a container.
 *
 * First in, first out for each language; bounded over all; each with a
 * deadline.  An ask for a fresh container, one that has never run a program,
 * is passed over by those behind it when only a used one is there.  Pure data:
 * time is given, nobody is called.
 */
#ifndef POOL_QUEUE_H
#define POOL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/languages.h"

struct worker;

struct ask {
	TAILQ_ENTRY(ask) link;
	struct worker *worker; /* borrowed */
	uint64_t run;
	uint16_t language;
	bool fresh; /* a used container does not do */
	uint64_t asked_us, deadline_us;
};

struct wait_queue {
	TAILQ_HEAD(ask_list, ask) of[LANGUAGES_MAX];
	uint32_t count[LANGUAGES_MAX];
	uint32_t fresh[LANGUAGES_MAX]; /* of them, who want a fresh one */
	uint32_t total, max;
};

void wait_queue_init(struct wait_queue *q, uint32_t max);
/* Copies the ask.  False: the queue is full (or no memory). */
bool wait_queue_push(struct wait_queue *q, const struct ask *ask);
/* The oldest of a language that takes such a container into *ret.  False:
 * none waits. */
bool wait_queue_pop(
    struct wait_queue *q, uint16_t language, bool fresh, struct ask *ret);
/* Does the oldest of a language want a fresh one? */
bool wait_queue_is_fresh_next(const struct wait_queue *q, uint16_t language);
/* The first whose deadline is reached.  False: none. */
bool wait_queue_expire(struct wait_queue *q, uint64_t now_us, struct ask *ret);
/* Earliest deadline of all; 0: nobody waits. */
uint64_t wait_queue_deadline(const struct wait_queue *q);
/* Withdraws one; false: it was not there (any more). */
bool wait_queue_remove(
    struct wait_queue *q, const struct worker *worker, uint64_t run);
/* Withdraws all of a worker; returns how many. */
unsigned
wait_queue_remove_worker(struct wait_queue *q, const struct worker *worker);

#endif
