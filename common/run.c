#define _GNU_SOURCE
#include "common/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/settings.h"

static const char *const status_names[RUN_NSTATUSES] = {
	[RUN_OK] = "ok",
	[RUN_ERROR] = "error",
	[RUN_SIGNAL] = "signal",
	[RUN_TIMEOUT] = "timeout",
	[RUN_CPU_TIMEOUT] = "cpu_timeout",
	[RUN_OUT_OF_MEMORY] = "out_of_memory",
	[RUN_OUTPUT_LIMIT] = "output_limit",
	[RUN_CANCELLED] = "cancelled",
};

static const char *const refusal_names[REFUSED_NREASONS] = {
	[REFUSED_BUSY] = "busy",
	[REFUSED_ENGINE] = "engine_unavailable",
	[REFUSED_CONTAINER_LOST] = "container_lost",
	[REFUSED_TOO_LARGE] = "files_too_large",
	[REFUSED_RUNNER] = "runner_failed",
	[REFUSED_DRAINING] = "stopping",
	[REFUSED_INTERNAL] = "internal",
};

const char *
run_status_name(enum run_status status)
{
	return (unsigned)status < RUN_NSTATUSES ? status_names[status] : "?";
}

const char *
refusal_name(enum refusal refusal)
{
	return (unsigned)refusal < REFUSED_NREASONS ? refusal_names[refusal] :
						      "?";
}

struct run_limits
run_default_limits(const struct settings *s)
{
	return (struct run_limits){
		.wall_ms = s->run_wall_ms,
		.cpu_ms = s->run_cpu_ms,
		.memory_mb = s->run_memory_mb,
		.processes = s->run_processes,
		.output_kb = s->run_output_kb,
	};
}

const char *
run_signal_name(int signal)
{
	static char text[24];
	const char *abbreviation = sigabbrev_np(signal);

	if (abbreviation != NULL)
		snprintf(text, sizeof text, "SIG%s", abbreviation);
	else if (signal >= SIGRTMIN && signal <= SIGRTMAX)
		snprintf(text, sizeof text, "SIGRTMIN+%d", signal - SIGRTMIN);
	else
		snprintf(text, sizeof text, "SIG%d", signal);
	return text;
}
