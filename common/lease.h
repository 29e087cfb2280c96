/*
 * common/lease.h -- what the pool lends to a worker, as a message.
 *
 * LEASE_GRANT: u32 container number, u32 runner's
 * pid on the host, u8 already thawed, u16 which cgroup files come along (bit
 * f of enum cgroup_file), u16 which of them have the v2 form.  Descriptors:
 * the exec stream, then those files in their order.
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
 * How a lease ended, in LEASE_RETURN: u8 verdict, str details.  A container
 * that has run a program is destroyed.
 */
enum lease_verdict {
	VERDICT_USED,      /* the program ended; the container is used up */
	VERDICT_LIMIT,     /* one of the run's limits ended it */
	VERDICT_CANCELLED, /* the client left */
	VERDICT_UNUSED,    /* granted, but nobody wanted it any more */
	VERDICT_BROKEN,    /* the runner fell silent, or spoke nonsense */
	VERDICT_NVERDICTS,
};

/* "used", "limit", ...; never NULL. */
const char *lease_verdict_name(enum lease_verdict verdict);

struct lease {
	uint32_t container; /* the pool's number for it, in log lines */
	pid_t runner_pid;
	bool thawed; /* by the pool, for want of cgroup files */
	int stream_fd;
	struct cgroup cgroup;
};

/* Lends: the descriptors stay the caller's. */
void lease_send(struct channel *to, uint64_t run, const struct lease *lease);
/* Gives: *ret_lease owns its descriptors; lease_close() ends them. */
int lease_receive(struct message *m, struct lease *ret_lease);
void lease_close(struct lease *lease);

#endif
