/*
 * runner/self.h -- the state that a process of the runner puts itself in
 * before it does anything else.
 *
 * It is born with whatever Docker, runc or a test left open, blocked or
 * ignored.  None of that may reach a program, and none of the runner may be
 * read or traced by one that has the same user id.
 *
 * Runs in: every command of the runner.  Blocks: never.
 */
#ifndef RUNNER_SELF_H
#define RUNNER_SELF_H

#include "common/err.h"

/*
 * Nothing open above 2, default signals, none blocked, a plain umask, not
 * dumpable: so /proc/<pid>/mem, /proc/<pid>/fd and ptrace are closed to
 * others under our user id.
 */
int self_settle(struct err *e);

/* Every signal at its default and none blocked: how a program expects it. */
void self_default_signals(void);

/*
 * Blocks SIGCHLD and gives a descriptor that tells of it; it does not block.
 * self_wait_for_death waits for one, at most so long.
 */
int self_watch_deaths(struct err *e);
void self_wait_for_death(long most_ns);

/* One line on standard error, which is the host's log; lost if that is full. */
void self_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
