/*
 * runner/sandbox.h -- where a program lives: made before it is there, given
 * to it, and emptied after it.
 *
 *     sandbox_prepare --> sandbox_start --> sandbox_reap* --> sandbox_empty
 *      home, pipes         fork, exec        as they die      kills the rest
 *
 * A program's descendants cannot leave: whoever loses his parent becomes a
 * child of runner serve (a subreaper), so when there is no child left there
 * is no process left, and every one's CPU time has been counted.
 *
 * Runs in: runner serve.
 * Blocks:  sandbox_start, until the program's exec; sandbox_empty, until the
 *          kernel has ended every process: some 100 us, at most SWEEP_MAX_US.
 */
#ifndef RUNNER_SANDBOX_H
#define RUNNER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"
#include "runner/program.h"

#define SANDBOX_HOME "/home/sandbox"

struct sandbox {
	int home_fd;
	int program_fds[3]; /* the program's ends of its standard streams */
	int runner_fds[3];  /* ours; they do not block */
	pid_t pid;          /* of the program; 0: none, or reaped */
	uint64_t started_us;

	/* what it came to; status as from waitpid */
	int status;
	uint64_t wall_us;
	uint64_t cpu_us;
	uint64_t memory_kb;
};

int sandbox_prepare(struct sandbox *sb, struct err *e);
void sandbox_fini(struct sandbox *sb);
int sandbox_start(struct sandbox *sb, const struct program *p, struct err *e);

enum sandbox_reaped {
	REAPED_ALL,  /* nobody is left */
	REAPED_DEAD, /* the others live */
	REAPED_SOME, /* there are more dead: come again */
};

/* Buries the dead, some at a time: they may die as fast as they are buried. */
enum sandbox_reaped sandbox_reap(struct sandbox *sb);
bool sandbox_program_ended(const struct sandbox *sb);
/* -1: some process does not die. */
int sandbox_empty(struct sandbox *sb);

#endif
