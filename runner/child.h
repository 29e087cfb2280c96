/*
 * runner/child.h -- a program's process, from fork to exec.
 *
 * Everything that does not depend on the program is done ahead; then it says
 * that it is ready (KEEPER_BUILT), and waits for its order.  What goes wrong
 * after that is told by KEEPER_FAILED; exec closes what it held, and is the
 * end of our code in there.
 *
 * Runs in: the process that the keeper forked; never returns.
 */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

_Noreturn void child_main(void);

#endif
