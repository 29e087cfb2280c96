/*
 * worker/verdict.h -- from what happened to what the client is told.
 *
 * A pure function of facts that come from the kernel and from our own clocks:
 * exit code 137 is not "out of memory", and exit code 124 is not "timeout".
 */
#ifndef WORKER_VERDICT_H
#define WORKER_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/frames.h"
#include "common/lease.h"
#include "common/order.h"
#include "common/run.h"

/* Why the worker ended a run, if it did. */
enum cause { CAUSE_NONE, CAUSE_WALL, CAUSE_CPU, CAUSE_OUTPUT };

struct facts {
	enum cause cause;
	bool exited; /* the runner said EXIT: */
	struct exit_frame exit;
	bool oom_killed;    /* the kernel's counter rose during the run */
	bool runner_killed; /* no EXIT: the program killed the runner */
	bool stream_lost;   /* it broke, or what it said was not understood */
	bool unsent;        /* it answered before it had read the program */
	bool reuse;         /* setting reuse is always */
	bool walled;        /* the pool says so */
	bool reachable;     /* its cgroup: freezer and counter of kills */
	uint64_t wall_us;   /* by the worker's clock */
	uint64_t cpu_us;    /* by the cgroup's; 0 when not known */
	struct run_limits limits;
};

/* Fills status, exit code, signal, cut, usage and detail. */
void verdict_decide(const struct facts *facts, struct run_result *result);

/*
 * What becomes of the container.  Clean only when the program ended by itself,
 * met no limit, and had an inner wall of its own; then worker/recycle.c has
 * the last word.
 */
enum lease_verdict
verdict_of_lease(const struct facts *facts, enum run_status status);
/* The same for a run that was refused. */
enum lease_verdict
verdict_of_refusal(const struct facts *facts, enum refusal refusal);

#endif
