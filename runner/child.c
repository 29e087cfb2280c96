#define _GNU_SOURCE
#include "runner/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/auto.h"
#include "runner/keeper.h"
#include "runner/order.h"
#include "runner/self.h"

#define LOCKED_BYTES   (64u << 10)  /* of mlock: enough for a password */
#define QUEUES_BYTES   (256u << 10) /* POSIX queues; the default one is 81 KB */
#define SIGNALS_QUEUED 1024u        /* also the number of its timers */

/* ---- limits ------------------------------------------------------------ */

struct limit {
	int resource;
	rlim_t soft;
	rlim_t hard;
	bool may_miss; /* a kernel that does not count it says EPERM: gVisor */
};

/* What is already lower, by the container's own settings, stays lower. */
static int
set_limit(const struct limit *limit)
{
	struct rlimit value;

	if (getrlimit(limit->resource, &value) < 0)
		return -1;
	if (limit->hard < value.rlim_max)
		value.rlim_max = limit->hard;
	value.rlim_cur = value.rlim_max;
	if (limit->soft < value.rlim_cur)
		value.rlim_cur = limit->soft;
	if (setrlimit(limit->resource, &value) == 0)
		return 0;
	return limit->may_miss && errno == EPERM ? 0 : -1;
}

static int
set_limits(const struct run_frame *run)
{
	const rlim_t file_bytes = (rlim_t)run->file_mb << 20;
	const struct limit limits[] = {
		/* SIGXCPU first, and SIGKILL to whom that does not move */
		{ RLIMIT_CPU, run->cpu_s, (rlim_t)run->cpu_s + 1, false },
		{ RLIMIT_FSIZE, file_bytes, file_bytes, false },
		{ RLIMIT_NOFILE, run->open_files, run->open_files, false },
		/* the kernel counts these for a user id, not for a cgroup */
		{ RLIMIT_MEMLOCK, LOCKED_BYTES, LOCKED_BYTES, false },
		{ RLIMIT_MSGQUEUE, QUEUES_BYTES, QUEUES_BYTES, true },
		{ RLIMIT_SIGPENDING, SIGNALS_QUEUED, SIGNALS_QUEUED, true },
	};

	for (size_t i = 0; i < nitems(limits); i++)
		if (set_limit(&limits[i]) < 0)
			return -1;
	return 0;
}

/* ---- its life ---------------------------------------------------------- */

/*
 * When memory runs out the kernel is to take the program, not the runner.
 * It may refuse; then it takes whom it likes, which the host notices.
 */
static void
volunteer_for_oom(void)
{
	auto_close int fd = -1;

	/* Of a process that is not dumpable, /proc/self is root's. */
	prctl(PR_SET_DUMPABLE, 1);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1000", 4) < 0)
		return;
}

static void
get_ready(void)
{
	struct err e;

	self_default_signals();
	volunteer_for_oom();
	if (setsid() < 0) {
		err_errno(&e, "cannot start a session");
		keeper_tell(KEEPER_BROKEN, &e);
		_exit(1);
	}
	keeper_tell(KEEPER_BUILT, NULL);
}

/* The limits come last: they may allow fewer descriptors than we use here. */
static void
execute(const struct order *order, struct err *e)
{
	if (set_limits(&order->limits) < 0) {
		err_errno(
		    e, "cannot set the limits of '%.150s'", order->argv[0]);
		return;
	}
	execve(order->argv[0], order->argv, order->envp);
	err_errno(e, "cannot execute '%.150s'", order->argv[0]);
}

_Noreturn void
child_main(void)
{
	struct order order;
	struct err e;

	get_ready();
	if (order_receive(KEEPER_ORDER_FD, &order, &e) == 0)
		execute(&order, &e);
	if (e.code != ERR_GONE)
		keeper_tell(KEEPER_FAILED, &e);
	_exit(127);
}
