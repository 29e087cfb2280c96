/*
 * runner/keeper.h -- the first process behind a program's inner wall.
 *
 *     runner serve --clone--> keeper --fork--> the program's process
 *      |  |   |              builds the wall    waits for its order, execs
 *      |  |   +<--- words ------+-----------------+     (closed by exec)
 *      |  +-------- leash ----->+                 |
 *      +----------- order ----------------------->+
 *
 * All of it happens ahead of the request.  The keeper is pid 1 there, so the
 * program cannot signal it, and when it ends the kernel ends the rest.  It is
 * not dumpable, so nobody can look into it, and what it holds, the program
 * does not: its word on how the program ended is the kernel's.
 *
 * Without a wall (the host forbids it) it is an ordinary process, and serve
 * has to see to the rest.
 *
 * All three are pipes.  The words are struct keeper_word, each written at
 * once, which a pipe keeps whole up to PIPE_BUF.  Nothing is written to the
 * leash: when serve lets go of it, the keeper ends the program.  (Sockets
 * would be counted in /proc/net, where the program sees them.)
 *
 * Runs in: a process of its own; never returns.
 */
#ifndef RUNNER_KEEPER_H
#define RUNNER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/frames.h"
#include "runner/wall.h"
#include "seccomp/filter.h"

enum keeper_says {
	KEEPER_BUILT,  /* the program's process waits for its order */
	KEEPER_BROKEN, /* it cannot be built: why */
	KEEPER_FAILED, /* the program could not be executed: why */
	KEEPER_ENDED,  /* the program ended; the keeper is about to */
};

struct keeper_word {
	enum keeper_says says;
	struct err err; /* of BROKEN and FAILED */
	/* ENDED: */
	int status;         /* as from waitpid */
	bool alone;         /* nobody else is left, and the figures are whole */
	uint64_t cpu_us;    /* of all who were there */
	uint64_t memory_kb; /* largest resident set of one of them */
};

/* The descriptors are the keeper's once it is born; all others it closes. */
struct keeper_fds {
	int std[3]; /* the program's standard streams */
	int words, leash;
	int order; /* runner/order.h */
};

/* Where they are in the keeper and in the program's process. */
enum { KEEPER_WORDS_FD = 3, KEEPER_LEASH_FD, KEEPER_ORDER_FD };

/* wall NULL: without one. */
_Noreturn void keeper_main(const struct keeper_fds *fds,
    const struct wall *wall, const struct seccomp_filter *filter);

/* From there: tells serve; err may be NULL.  There is nobody to tell that
 * telling failed, so then it ends. */
void keeper_tell(enum keeper_says says, const struct err *err);

#endif
