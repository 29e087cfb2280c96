#include "common/lease.h"

#include "common/auto.h"

_Static_assert(1 + CGROUP_NFILES <= MSG_FDS_MAX,
    "a lease has more descriptors than a message may carry");

const char *
lease_verdict_name(enum lease_verdict verdict)
{
	static const char *const names[VERDICT_NVERDICTS] = {
		[VERDICT_USED] = "used",
		[VERDICT_LIMIT] = "limit",
		[VERDICT_CANCELLED] = "cancelled",
		[VERDICT_UNUSED] = "unused",
		[VERDICT_BROKEN] = "broken",
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
	msgbuf_put_u16(&m, present);
	msgbuf_put_u16(&m, lease->cgroup.v2);
	channel_send_fds(to, MSG_LEASE_GRANT, run, &m, fds, nfds);
	msgbuf_fini(&m);
}

int
lease_receive(struct message *m, struct lease *ret_lease)
{
	struct lease lease;
	uint16_t present, v2;
	size_t next = 1;

	lease.container = msgbuf_get_u32(&m->body);
	lease.runner_pid = (pid_t)msgbuf_get_u32(&m->body);
	lease.thawed = msgbuf_get_u8(&m->body);
	present = msgbuf_get_u16(&m->body);
	v2 = msgbuf_get_u16(&m->body);
	if (!msgbuf_done(&m->body) || present >> CGROUP_NFILES != 0 ||
	    m->nfds != 1u + (unsigned)__builtin_popcount(present))
		return -1;
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
