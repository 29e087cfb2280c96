/*
 * common/run.h -- the words every process uses for a run.
 *
 * A run is one program of one client, from POST /run to its answer.  Its id
 * is 64 random bits, written as 16 hex digits, the same in every process.
 *
 * How a run ended is an enum run_status and always HTTP 200: the service did
 * its work.  Why a run did not take place is an enum refusal and an HTTP
 * error.
 */
#ifndef COMMON_RUN_H
#define COMMON_RUN_H

#include <inttypes.h>
#include <stdint.h>

#define RUN_ID_FORMAT "%016" PRIx64

enum run_status {
	RUN_OK,            /* exit code 0 */
	RUN_ERROR,         /* another exit code */
	RUN_SIGNAL,        /* ended by a signal that none of our limits sent */
	RUN_TIMEOUT,       /* wall clock */
	RUN_CPU_TIMEOUT,   /* CPU clock */
	RUN_OUT_OF_MEMORY, /* the kernel's out-of-memory killer, by its counter
			    */
	RUN_OUTPUT_LIMIT,  /* wrote more than it may */
	RUN_CANCELLED,     /* the client left */
	RUN_NSTATUSES,
};

const char *run_status_name(enum run_status status);

enum refusal {
	REFUSED_BUSY,           /* no container free in time, or queue full */
	REFUSED_ENGINE,         /* Docker does not answer, or cannot create */
	REFUSED_CONTAINER_LOST, /* the container went away under the run */
	REFUSED_TOO_LARGE,      /* the run's files do not fit */
	REFUSED_RUNNER,         /* the runner could not start the program */
	REFUSED_DRAINING,       /* the service is stopping */
	REFUSED_INTERNAL,       /* our own fault */
	REFUSED_NREASONS,
};

/* The error code a client sees: "busy", "engine_unavailable", ... */
const char *refusal_name(enum refusal refusal);

/* What one run may use.  Ranges and defaults: common/settings.def. */
struct run_limits {
	uint32_t wall_ms;
	uint32_t cpu_ms;
	uint32_t memory_mb;
	uint32_t processes;
	uint32_t output_kb; /* each of stdout and stderr */
};

/* What a run has that asks for nothing, and so every container. */
struct settings;
struct run_limits run_default_limits(const struct settings *s);

/* The numbers are also bits: FRAME_CUT_* in common/frames.h. */
enum run_stream { RUN_STDOUT = 1, RUN_STDERR = 2 };

/* "SIGKILL", "SIGRTMIN+3"; never NULL. */
const char *run_signal_name(int signal);

#endif
