/*
 * runner/job.h -- one program after the other, each from RUN to EXIT.
 *
 *     BUILDING --> READY --> RUNNING --> DRAINING --> CLEARING --> BUILDING
 *        |           \__________\_____________________/   |
 *                         FAIL: it cannot run             \--> DONE
 *
 * BUILDING: the next sandbox is made.  The first time it may turn out that
 *           there can be no wall here.
 * READY:    it waits, and the host was told.
 * RUNNING:  the program was given to it.
 * DRAINING: every process is dead, and what they wrote is in the pipes.
 * CLEARING: EXIT or FAIL was said; what is left of the sandbox goes.
 * DONE:     without a wall the container is used up.
 *
 * Runs in: runner serve.
 * Blocks:  only where sandbox.h says.
 * Always:  EXIT comes behind all output, and when no process of the program
 *          is left; READY comes when nothing of the last program is.
 */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include <stdbool.h>

#include "common/err.h"
#include "runner/feed.h"
#include "runner/host.h"
#include "runner/net.h"
#include "runner/output.h"
#include "runner/sandbox.h"
#include "runner/watch.h"

enum job_state {
	JOB_BUILDING,
	JOB_READY,
	JOB_RUNNING,
	JOB_DRAINING,
	JOB_CLEARING,
	JOB_DONE,
	JOB_NSTATES,
};

struct job {
	enum job_state state;
	struct host *host; /* borrowed */
	int epoll_fd;      /* borrowed */
	struct seccomp_filter filter;
	struct wall wall;
	bool walled;
	bool greeted; /* HELLO was said */
	struct net net;

	struct sandbox sandbox;
	struct feed feed;
	struct output output;
	bool words;  /* the keeper may have said something */
	bool deaths; /* there may be someone to bury */
	bool ending; /* the program is to be ended, for this cause: */
	enum exit_cause cause;
	uint64_t wall_us; /* from its order to its end */
	bool undelivered; /* its order did not reach it: it never began */
	struct err err;   /* why serve must end; .code ERR_NONE: it must not */
};

/* Starts the first sandbox; the job's sources are watched in epoll_fd's set. */
int job_open(struct job *j, int epoll_fd, struct host *host,
    const struct wall *wall, struct err *e);

/* RUN's body, in READY.  What is wrong with it becomes FAIL. */
void job_load(struct job *j, struct msgbuf *body);
/* KILL.  Does nothing when no program runs. */
void job_kill(struct job *j);
/* One of the watched sources of the job has something. */
void job_on_event(struct job *j, enum watch_source source);
/*
 * Call it when the events of an epoll_wait have been given out.  -1: there
 * can be no next program; j->err says why.
 */
int job_advance(struct job *j);
/* job_advance would do something without any event. */
bool job_wants_turn(const struct job *j);
/* The host is gone: ends every process; nothing is said. */
void job_abandon(struct job *j);

#endif
