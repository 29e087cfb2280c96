/*
 * runner/job.h -- one program's life, from RUN to EXIT.
 *
 *     EMPTY --> LOADED --> RUNNING --> DRAINING --> DONE
 *         \__________\___________________________/
 *                      FAIL: it cannot run
 *
 * EMPTY:    the sandbox is made and waits.
 * LOADED:   it holds the files and the first of the input.  The process is
 *           forked one step later, when the host's RUN has been freed, so
 *           that a large RUN is not counted as the program's memory.
 * RUNNING:  the program's process exists.
 * DRAINING: every process is dead, and what they wrote is in the pipes.
 * DONE:     EXIT or FAIL was said.  This version runs one program in each
 *           container, so nothing follows.
 *
 * Runs in: runner serve.
 * Blocks:  only where sandbox.h says.
 * Always:  EXIT comes behind all output, and when no process is left.
 */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include <stdbool.h>

#include "common/err.h"
#include "runner/feed.h"
#include "runner/host.h"
#include "runner/output.h"
#include "runner/program.h"
#include "runner/sandbox.h"
#include "runner/watch.h"

enum job_state {
	JOB_EMPTY,
	JOB_LOADED,
	JOB_RUNNING,
	JOB_DRAINING,
	JOB_DONE,
	JOB_NSTATES,
};

struct job {
	enum job_state state;
	struct host *host; /* borrowed */
	struct sandbox sandbox;
	struct program program;
	struct feed feed;
	struct output output;
	bool deaths; /* there may be someone to bury */
	bool ending; /* the program is to be ended, for this cause: */
	enum exit_cause cause;
};

/* Makes the sandbox, and watches its pipes in epoll_fd's set. */
int job_prepare(struct job *j, int epoll_fd, struct host *host, struct err *e);
void job_fini(struct job *j);

/* RUN's body, in EMPTY or DONE.  What is wrong with it becomes FAIL. */
void job_load(struct job *j, struct msgbuf *body);
/* KILL.  Does nothing when no program runs. */
void job_kill(struct job *j);
/* One of the watched sources of the job has something. */
void job_on_event(struct job *j, enum watch_source source);
/* Call it when the events of an epoll_wait have been given out. */
void job_advance(struct job *j);
/* job_advance would do something without any event. */
bool job_wants_turn(const struct job *j);
/* The host is gone: ends every process; nothing is said. */
void job_abandon(struct job *j);

#endif
