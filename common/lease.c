#include "common/lease.h"

#include "common/auto.h"

_Static_assert(1 + CGROUP_NFILES <= MSG_FDS_MAX,
    "a lease has more descriptors than a message may carry");

const char *
lease_verdict_name(enum lease_verdict verdict)
{
	static const char *const names[VERDICT_NVERDICTS] = {
		[VERDICT_CLEAN] = "clean",
		[VERDICT_UNUSED] = "unused",
		[VERDICT_TIMEOUT] = "timeout",
		[VERDICT_CPU_TIMEOUT] = "cpu_timeout",
		[VERDICT_OUT_OF_MEMORY] = "out_of_memory",
		[VERDICT_OUTPUT_LIMIT] = "output_limit",
		[VERDICT_CANCELLED] = "cancelled",
		[VERDICT_REFUSED] = "refused",
		[VERDICT_LOST] = "lost",
		[VERDICT_BROKEN] = "broken",
		[VERDICT_NOT_READY] = "not_ready",
		[VERDICT_NOT_RESTORED] = "not_restored",
		[VERDICT_NOT_FROZEN] = "not_frozen",
		[VERDICT_NO_WALL] = "no_wall",
		[VERDICT_REUSE_OFF] = "reuse_off",
		[VERDICT_STOPPING] = "stopping",
		[VERDICT_REUSE_RUNS] = "reuse_runs",
		[VERDICT_REUSE_AGE] = "reuse_age",
		[VERDICT_POOL_AGE] = "pool_age",
		[VERDICT_MADE_ROOM] = "made_room",
		[VERDICT_WORKER_DIED] = "worker_died",
		[VERDICT_CONTAINER_DIED] = "container_died",
		[VERDICT_CREATE_FAILED] = "create_failed",
	};

	return (unsigned)verdict < VERDICT_NVERDICTS ? names[verdict] : "?";
}

void
lease_send(struct channel *to, uint64_t run, const struct lease *lease)
{
	int fds[1 + CGROUP_NFILES] = { lease->stream_fd };
	uint16_t present = 0;
	struct msgbuf m;
	size_t nfds = 1;

	for (size_t f = 0; f < CGROUP_NFILES; f++) {
		if (lease->cgroup.fd[f] < 0)
			continue;
		present |= (uint16_t)(1u << f);
		fds[nfds++] = lease->cgroup.fd[f];
	}
	msgbuf_init(&m, msg_info(MSG_LEASE_GRANT)->max);
	msgbuf_put_u32(&m, lease->container);
	msgbuf_put_u32(&m, (uint32_t)lease->runner_pid);
	msgbuf_put_u8(&m, lease->thawed);
	msgbuf_put_u8(&m, lease->walled);
	msgbuf_put_u8(&m, lease->used);
	msgbuf_put_u16(&m, present);
	msgbuf_put_u16(&m, lease->cgroup.v2);
	channel_send_fds(to, MSG_LEASE_GRANT, run, &m, fds, nfds);
	msgbuf_fini(&m);
}

int
lease_receive(struct message *m, struct lease *ret_lease)
{
	struct lease lease;
	uint8_t thawed, walled, used;
	uint16_t present, v2;
	size_t next = 1;

	lease.container = msgbuf_get_u32(&m->body);
	lease.runner_pid = (pid_t)msgbuf_get_u32(&m->body);
	thawed = msgbuf_get_u8(&m->body);
	walled = msgbuf_get_u8(&m->body);
	used = msgbuf_get_u8(&m->body);
	present = msgbuf_get_u16(&m->body);
	v2 = msgbuf_get_u16(&m->body);
	if (!msgbuf_done(&m->body) || thawed > 1 || walled > 1 || used > 1 ||
	    present >> CGROUP_NFILES != 0 ||
	    m->nfds != 1u + (unsigned)__builtin_popcount(present))
		return -1;
	lease.thawed = thawed;
	lease.walled = walled;
	lease.used = used;
	cgroup_init(&lease.cgroup);
	lease.cgroup.v2 = v2;
	lease.stream_fd = steal_fd(&m->fds[0]);
	for (size_t f = 0; f < CGROUP_NFILES; f++)
		if (present & 1u << f)
			lease.cgroup.fd[f] = steal_fd(&m->fds[next++]);
	*ret_lease = lease;
	return 0;
}

void
lease_close(struct lease *lease)
{
	if (lease->stream_fd >= 0)
		close(lease->stream_fd);
	lease->stream_fd = -1;
	cgroup_close(&lease->cgroup);
}
