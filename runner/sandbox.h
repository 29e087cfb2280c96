/*
 * runner/sandbox.h -- where a program lives, as serve sees it: built before
 * there is a program, given to one, and gone after it.
 *
 *     sandbox_prepare -> KEEPER_BUILT -> sandbox_start -> KEEPER_ENDED
 *      pipes, keeper      it waits        its order          |
 *                                                       sandbox_empty
 *
 * The keeper (runner/keeper.h) is the first process in it and the only one
 * that serve has to end.  Without an inner wall it is one of many: then
 * whoever loses his parent becomes a child of serve (a subreaper), so when
 * there is no child left there is no process left.
 *
 * Runs in: runner serve.
 * Blocks:  sandbox_start, until the program's process has read its order;
 *          sandbox_empty, until the kernel has ended every process: some
 *          100 us, at most SWEEP_MAX_US.
 */
#ifndef RUNNER_SANDBOX_H
#define RUNNER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"
#include "runner/keeper.h"
#include "runner/program.h"

#define SANDBOX_HOME "/home/sandbox"

struct sandbox {
	bool walled;
	int runner_fds[3]; /* our ends of the standard streams; non-blocking */
	int words_fd;      /* from the keeper; non-blocking */
	int leash_fd;      /* to it */
	int order_fd;      /* to the program's process */
	pid_t keeper;      /* 0: none, or buried */
	uint64_t started_us;

	/* what it came to; status as from waitpid, SIGKILL until it is known */
	bool ended; /* the keeper said so */
	bool alone; /* and that nobody else was left */
	int status;
	uint64_t cpu_us;
	uint64_t memory_kb;
};

/* wall NULL: without one.  Filter and wall are only read. */
int sandbox_prepare(struct sandbox *sb, const struct wall *wall,
    const struct seccomp_filter *filter, struct err *e);
void sandbox_fini(struct sandbox *sb);

/*
 * The keeper's next word, if there is one.  What it says of the sandbox is
 * noted here.  False: nothing now.
 */
bool sandbox_hear(struct sandbox *sb, struct keeper_word *ret_word);
/* Built: gives it its program.  False: it did not take all of it. */
bool sandbox_start(struct sandbox *sb, const struct program *p);
/* Buries the dead; come again while it says true. */
bool sandbox_reap(struct sandbox *sb);
/* Ends whoever is left.  -1: some process does not die. */
int sandbox_empty(struct sandbox *sb);

#endif
