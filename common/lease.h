/*
 * common/lease.h -- what the pool lends to a worker, as a message.
 *
 * LEASE_GRANT: u32 container number, u32 runner's
 * pid on the host, u8 already thawed, u8 walled, u8 used before, u16 which
 * cgroup files come along (bit f of enum cgroup_file), u16 which of them have
 * the v2 form.  Descriptors: the exec stream, then those files in their order.
 */
#ifndef COMMON_LEASE_H
#define COMMON_LEASE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cgroup.h"
#include "common/channel.h"

/* Processes of ours in a container, beside the program's: pid 1, the runner,
 * the keeper. */
#define LEASE_OWN_PROCESSES 3

/*
 * What becomes of a container, and why.  Only what is clean, or was not used,
 * is lent again; each other verdict destroys it, and is counted in the stats
 * by its name.  A worker says one in LEASE_RETURN (u8 verdict, str details);
 * the last ones are the pool's own.
 */
enum lease_verdict {
	VERDICT_CLEAN,  /* the next sandbox stands; the container is frozen */
	VERDICT_UNUSED, /* granted, but nobody wanted it any more */
	/* how the run ended */
	VERDICT_TIMEOUT,
	VERDICT_CPU_TIMEOUT,
	VERDICT_OUT_OF_MEMORY,
	VERDICT_OUTPUT_LIMIT,
	VERDICT_CANCELLED, /* the client left */
	VERDICT_REFUSED,   /* the program could not be started */
	VERDICT_LOST,      /* the program killed what watches over it */
	/* what the container did not do */
	VERDICT_BROKEN,       /* the runner fell silent, or spoke nonsense */
	VERDICT_NOT_READY,    /* no next sandbox within reuse_ready_ms */
	VERDICT_NOT_RESTORED, /* its own limits could not be set again */
	VERDICT_NOT_FROZEN, /* its cgroup is not reached, or does not freeze */
	/* what it never may */
	VERDICT_NO_WALL,   /* its runner builds no inner wall */
	VERDICT_REUSE_OFF, /* the setting reuse is never */
	VERDICT_STOPPING,  /* the service ends */
	/* the pool's own */
	VERDICT_REUSE_RUNS, /* it ran as many programs as it may */
	VERDICT_REUSE_AGE,  /* its first run is as long ago as it may be */
	VERDICT_POOL_AGE,   /* it is older than pool_age_s */
	VERDICT_MADE_ROOM,  /* for one that has never run a program */
	VERDICT_WORKER_DIED,
	VERDICT_CONTAINER_DIED, /* ended, or was removed by someone else */
	VERDICT_CREATE_FAILED,
	VERDICT_NVERDICTS,
};
/* A worker may say those before it. */
#define VERDICT_OF_POOL VERDICT_REUSE_RUNS

/* "clean", "timeout", ...; never NULL. */
const char *lease_verdict_name(enum lease_verdict verdict);

struct lease {
	uint32_t container; /* the pool's number for it, in log lines */
	pid_t runner_pid;
	bool thawed; /* by the pool, for want of cgroup files */
	bool walled; /* each program gets an inner wall of its own */
	bool used;   /* it has run a program before */
	int stream_fd;
	struct cgroup cgroup;
};

/* Lends: the descriptors stay the caller's. */
void lease_send(struct channel *to, uint64_t run, const struct lease *lease);
/* Gives: *ret_lease owns its descriptors; lease_close() ends them. */
int lease_receive(struct message *m, struct lease *ret_lease);
void lease_close(struct lease *lease);

#endif
