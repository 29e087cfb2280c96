#define _GNU_SOURCE
#include "runner/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/auto.h"
#include "runner/self.h"

#define FAILURE_FD     3            /* the first above the standard streams */
#define LOCKED_BYTES   (64u << 10)  /* of mlock: enough for a password */
#define QUEUES_BYTES   (256u << 10) /* POSIX queues; the default one is 81 KB */
#define SIGNALS_QUEUED 1024u        /* also the number of its timers */

enum step {
	STEP_SESSION,
	STEP_HOME,
	STEP_STREAMS,
	STEP_LIMITS,
	STEP_EXEC,
	STEP_NSTEPS,
};

static const char *const step_texts[STEP_NSTEPS] = {
	[STEP_SESSION] = "cannot start a session for",
	[STEP_HOME] = "cannot enter the home of",
	[STEP_STREAMS] = "cannot connect the streams of",
	[STEP_LIMITS] = "cannot set the limits of",
	[STEP_EXEC] = "cannot execute",
};

struct failure {
	enum step step;
	int error;
};

struct limit {
	int resource;
	rlim_t soft;
	rlim_t hard;
};

/* What is already lower, by the container's own settings, stays lower. */
static int
set_limit(const struct limit *limit)
{
	struct rlimit value, before;

	if (getrlimit(limit->resource, &value) < 0)
		return -1;
	before = value;
	if (limit->hard < value.rlim_max)
		value.rlim_max = limit->hard;
	value.rlim_cur = value.rlim_max;
	if (limit->soft < value.rlim_cur)
		value.rlim_cur = limit->soft;
	/* The container's filter refuses to set RLIMIT_CORE, which is right. */
	if (value.rlim_cur == before.rlim_cur &&
	    value.rlim_max == before.rlim_max)
		return 0;
	return setrlimit(limit->resource, &value);
}

static int
set_limits(const struct run_frame *run)
{
	const rlim_t file_bytes = (rlim_t)run->file_mb << 20;
	const struct limit limits[] = {
		/* SIGXCPU first, and SIGKILL to whom that does not move */
		{ RLIMIT_CPU, run->cpu_s, (rlim_t)run->cpu_s + 1 },
		{ RLIMIT_FSIZE, file_bytes, file_bytes },
		{ RLIMIT_NOFILE, run->open_files, run->open_files },
		/*
		 * A core goes wherever the host's core_pattern says; when
		 * that is a pipe, 0 does not stop it, but 1 does.
		 */
		{ RLIMIT_CORE, 1, 1 },
		/* the kernel counts these for a user id, not for a cgroup */
		{ RLIMIT_MEMLOCK, LOCKED_BYTES, LOCKED_BYTES },
		{ RLIMIT_MSGQUEUE, QUEUES_BYTES, QUEUES_BYTES },
		{ RLIMIT_SIGPENDING, SIGNALS_QUEUED, SIGNALS_QUEUED },
	};

	for (size_t i = 0; i < nitems(limits); i++)
		if (set_limit(&limits[i]) < 0)
			return -1;
	return 0;
}

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

/* Every source is above 2, since serve began with 0, 1 and 2 open. */
static int
connect_streams(const struct child_fds *fds)
{
	for (int i = 0; i < 3; i++)
		if (dup2(fds->std[i], i) < 0)
			return -1;
	if (fds->failure != FAILURE_FD &&
	    dup3(fds->failure, FAILURE_FD, O_CLOEXEC) < 0)
		return -1;
	/* All are O_CLOEXEC from birth; this is for one that is not. */
	closefrom(FAILURE_FD + 1);
	return 0;
}

/* The limits come late: they may allow fewer descriptors than we use here. */
static enum step
prepare(const struct program *p, const struct child_fds *fds)
{
	if (setsid() < 0)
		return STEP_SESSION;
	if (fchdir(fds->home) < 0)
		return STEP_HOME;
	volunteer_for_oom();
	if (connect_streams(fds) < 0)
		return STEP_STREAMS;
	if (set_limits(&p->limits) < 0)
		return STEP_LIMITS;
	self_default_signals();
	return STEP_EXEC;
}

_Noreturn void
child_become(const struct program *p, const struct child_fds *fds)
{
	struct failure failure = { .step = prepare(p, fds) };
	ssize_t n;

	if (failure.step == STEP_EXEC)
		execve(p->argv[0], p->argv, p->envp);
	failure.error = errno;
	/* Until the streams are connected the pipe is still where it was. */
	n = write(failure.step <= STEP_STREAMS ? fds->failure : FAILURE_FD,
	    &failure, sizeof failure);
	_exit(n == sizeof failure ? 127 : 126);
}

int
child_wait_exec(int failure_fd, const struct program *p, struct err *e)
{
	struct failure failure;
	ssize_t n;

	do
		n = read(failure_fd, &failure, sizeof failure);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	if (n != sizeof failure || failure.step >= STEP_NSTEPS)
		return err_set(
		    e, ERR_SYSTEM, "cannot start '%.150s'", p->argv[0]);
	errno = failure.error;
	return err_errno(
	    e, "%s '%.150s'", step_texts[failure.step], p->argv[0]);
}
