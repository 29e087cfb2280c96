#include "worker/verdict.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

/* More CPU than the runner itself uses in a run, output limit reached. */
#define RUNNER_CPU_US 20000u

static enum run_status
status_by_limit(const struct facts *f, bool *ret_found)
{
	bool cpu_signal = f->exited && f->exit.how == EXIT_SIGNALLED &&
	    (f->exit.value == SIGXCPU || f->exit.value == SIGKILL);

	/* Our clock ran out while the runner was tidying up behind it. */
	bool by_itself = f->exited && f->exit.cause == EXIT_BY_ITSELF;

	*ret_found = true;
	if (f->cause == CAUSE_WALL && !by_itself)
		return RUN_TIMEOUT;
	if (f->cause == CAUSE_CPU && !by_itself)
		return RUN_CPU_TIMEOUT;
	if (f->oom_killed)
		return RUN_OUT_OF_MEMORY;
	if (f->cause == CAUSE_OUTPUT ||
	    (f->exited && f->exit.cause == EXIT_OUTPUT_LIMIT))
		return RUN_OUTPUT_LIMIT;
	/* RLIMIT_CPU, the kernel's own and coarser clock. */
	if (cpu_signal && f->exit.cpu_us >= f->limits.cpu_ms * 1000ull)
		return RUN_CPU_TIMEOUT;
	*ret_found = false;
	return RUN_OK;
}

static enum run_status
status_of(const struct facts *f)
{
	bool limited;
	enum run_status status = status_by_limit(f, &limited);

	if (limited)
		return status;
	if (!f->exited || f->exit.how == EXIT_SIGNALLED)
		return RUN_SIGNAL;
	return f->exit.value == 0 ? RUN_OK : RUN_ERROR;
}

static void __attribute__((format(printf, 2, 3)))
say(struct run_result *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->detail, sizeof r->detail, format, ap);
	va_end(ap);
}

static void
explain(const struct facts *f, struct run_result *r)
{
	const struct run_limits *l = &f->limits;

	switch (r->status) {
	case RUN_OK:
	case RUN_CANCELLED:
	case RUN_NSTATUSES:
		break;
	case RUN_ERROR:
		say(r, "ended with exit code %u", r->exit_code);
		break;
	case RUN_SIGNAL:
		if (f->runner_killed)
			say(r, "killed the process that ran it");
		else
			say(r, "ended by %s", run_signal_name((int)r->signal));
		break;
	case RUN_TIMEOUT:
		say(r, "stopped after %.3g s: the time limit",
		    l->wall_ms / 1000.0);
		break;
	case RUN_CPU_TIMEOUT:
		say(r, "stopped after %.3g s of CPU time: the CPU limit",
		    l->cpu_ms / 1000.0);
		break;
	case RUN_OUT_OF_MEMORY:
		say(r, "out of memory: it wanted more than %u MB",
		    l->memory_mb);
		break;
	case RUN_OUTPUT_LIMIT:
		say(r,
		    "stopped: it wrote more than %u KB; what came before "
		    "is kept",
		    l->output_kb);
		break;
	}
}

void
verdict_decide(const struct facts *f, struct run_result *r)
{
	r->status = status_of(f);
	r->has_exit_code = f->exited && f->exit.how == EXIT_EXITED;
	r->exit_code = r->has_exit_code ? f->exit.value : 0;
	r->signal = 0;
	if (f->exited && f->exit.how == EXIT_SIGNALLED)
		r->signal = f->exit.value;
	else if (!f->exited)
		r->signal = SIGKILL; /* how we ended it */
	r->cut = f->exited ? f->exit.cut : 0;
	r->wall_us = f->exited ? f->exit.wall_us : f->wall_us;
	/*
	 * The runner's figure is exact, but misses children that the kernel
	 * reaped for a parent that ignores SIGCHLD; the cgroup's has the
	 * runner's own work in it, which is small.
	 */
	r->cpu_us = f->exited && f->exit.cpu_us + RUNNER_CPU_US > f->cpu_us ?
	    f->exit.cpu_us :
	    f->cpu_us;
	r->memory_kb = f->exited ? f->exit.memory_kb : 0;
	explain(f, r);
}

/* ---- the container ---------------------------------------------------- */

static enum lease_verdict
verdict_of_cause(enum cause cause)
{
	switch (cause) {
	case CAUSE_WALL:
		return VERDICT_TIMEOUT;
	case CAUSE_CPU:
		return VERDICT_CPU_TIMEOUT;
	case CAUSE_OUTPUT:
		return VERDICT_OUTPUT_LIMIT;
	case CAUSE_NONE:
		break;
	}
	return VERDICT_CLEAN;
}

/* Nothing that the run did speaks against it: may the container go on? */
static enum lease_verdict
verdict_of_container(const struct facts *f)
{
	/* Even an end just before our KILL: it is on its way to the runner. */
	if (f->cause != CAUSE_NONE)
		return verdict_of_cause(f->cause);
	if (f->stream_lost || f->unsent)
		return VERDICT_BROKEN;
	if (!f->reuse)
		return VERDICT_REUSE_OFF;
	if (!f->walled)
		return VERDICT_NO_WALL;
	if (!f->reachable)
		return VERDICT_NOT_FROZEN;
	return VERDICT_CLEAN;
}

enum lease_verdict
verdict_of_lease(const struct facts *f, enum run_status status)
{
	if (f->runner_killed || (f->exited && f->exit.cause == EXIT_LOST))
		return VERDICT_LOST;
	if (!f->exited)
		return VERDICT_BROKEN;
	switch (status) {
	case RUN_OK:
	case RUN_ERROR:
	case RUN_SIGNAL:
		break;
	case RUN_TIMEOUT:
		return VERDICT_TIMEOUT;
	case RUN_CPU_TIMEOUT:
		return VERDICT_CPU_TIMEOUT;
	case RUN_OUT_OF_MEMORY:
		return VERDICT_OUT_OF_MEMORY;
	case RUN_OUTPUT_LIMIT:
		return VERDICT_OUTPUT_LIMIT;
	case RUN_CANCELLED:
	case RUN_NSTATUSES:
		return VERDICT_CANCELLED;
	}
	/* Killed, says the runner, and nobody asked for it. */
	if (f->exit.cause != EXIT_BY_ITSELF && f->cause == CAUSE_NONE)
		return VERDICT_BROKEN;
	return verdict_of_container(f);
}

enum lease_verdict
verdict_of_refusal(const struct facts *f, enum refusal refusal)
{
	switch (refusal) {
	case REFUSED_TOO_LARGE:
		return verdict_of_container(f); /* nothing has run */
	case REFUSED_CONTAINER_LOST:
		return VERDICT_BROKEN;
	case REFUSED_DRAINING:
		return VERDICT_STOPPING;
	case REFUSED_BUSY:
	case REFUSED_ENGINE:
	case REFUSED_RUNNER:
	case REFUSED_INTERNAL:
	case REFUSED_NREASONS:
		break;
	}
	return VERDICT_REFUSED;
}
