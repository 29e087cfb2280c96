/*
 * runner/child.h -- a program's process, between fork and exec.
 *
 * What goes wrong there is told through a pipe that exec closes: end of file
 * without a word means that the program runs.
 *
 * Runs in: the child that runner serve forked; never returns.
 */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

#include "common/err.h"
#include "runner/program.h"

struct child_fds {
	int home;
	int std[3]; /* become 0, 1 and 2 */
	int failure;
};

_Noreturn void
child_become(const struct program *p, const struct child_fds *fds);

/*
 * In the parent: waits until the program runs (0), or says why it cannot.
 * A child that dies before it could say anything counts as a program that
 * ran; waitpid tells the rest.
 */
int child_wait_exec(int failure_fd, const struct program *p, struct err *e);

#endif
