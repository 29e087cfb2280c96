#define _GNU_SOURCE
#include "runner/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "runner/child.h"

#define REAP_MAX      64      /* dead buried in one go */
#define SWEEP_WAIT_US 10000   /* between two attempts to kill */
#define SWEEP_MAX_US  2000000 /* then the kernel will not do it */

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Stream 0 runs towards the program, 1 and 2 come from it. */
static int
make_pipe(struct sandbox *sb, size_t i, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, "cannot make a pipe");
	sb->program_fds[i] = ends[i == 0 ? 0 : 1];
	sb->runner_fds[i] = ends[i == 0 ? 1 : 0];
	/* Only our end: a program's own streams block, as everywhere. */
	if (fcntl(sb->runner_fds[i], F_SETFL, O_NONBLOCK) < 0)
		return err_errno(e, "cannot set up a pipe");
	return 0;
}

int
sandbox_prepare(struct sandbox *sb, struct err *e)
{
	*sb = (struct sandbox){
		.program_fds = { -1, -1, -1 },
		.runner_fds = { -1, -1, -1 },
	};
	sb->home_fd = open(
	    SANDBOX_HOME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sb->home_fd < 0)
		return err_errno(e, "cannot open %s", SANDBOX_HOME);
	for (size_t i = 0; i < nitems(sb->program_fds); i++)
		if (make_pipe(sb, i, e) < 0)
			return -1;
	return 0;
}

void
sandbox_fini(struct sandbox *sb)
{
	close_all(&sb->home_fd, 1);
	close_all(sb->program_fds, nitems(sb->program_fds));
	close_all(sb->runner_fds, nitems(sb->runner_fds));
}

/* The child that could not become the program is no part of the run. */
static void
bury_failed(struct sandbox *sb)
{
	while (waitpid(sb->pid, NULL, 0) < 0 && errno == EINTR)
		;
	sb->pid = 0;
}

int
sandbox_start(struct sandbox *sb, const struct program *p, struct err *e)
{
	int failure[2];
	auto_close int failure_fd = -1;
	struct child_fds fds = { .home = sb->home_fd };

	if (pipe2(failure, O_CLOEXEC) < 0)
		return err_errno(e, "cannot make a pipe");
	failure_fd = failure[0];
	fds.failure = failure[1];
	for (size_t i = 0; i < nitems(fds.std); i++)
		fds.std[i] = sb->program_fds[i];

	sb->started_us = clock_us();
	sb->pid = fork();
	if (sb->pid == 0)
		child_become(p, &fds);
	close(fds.failure);
	if (sb->pid < 0) {
		sb->pid = 0;
		return err_errno(e, "cannot fork");
	}
	close_all(sb->program_fds, nitems(sb->program_fds));
	if (child_wait_exec(failure_fd, p, e) < 0) {
		bury_failed(sb);
		return -1;
	}
	/* Until waitpid says better: what it gets if it is never reaped. */
	sb->status = SIGKILL;
	return 0;
}

bool
sandbox_program_ended(const struct sandbox *sb)
{
	return sb->pid == 0;
}

static uint64_t
timeval_us(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

static void
count_dead(struct sandbox *sb, pid_t pid, int status, const struct rusage *used)
{
	sb->cpu_us += timeval_us(&used->ru_utime);
	sb->cpu_us += timeval_us(&used->ru_stime);
	if ((uint64_t)used->ru_maxrss > sb->memory_kb)
		sb->memory_kb = (uint64_t)used->ru_maxrss;
	if (pid == sb->pid) {
		sb->pid = 0;
		sb->status = status;
		sb->wall_us = clock_us() - sb->started_us;
	}
}

enum sandbox_reaped
sandbox_reap(struct sandbox *sb)
{
	for (int i = 0; i < REAP_MAX; i++) {
		struct rusage used;
		int status;
		pid_t pid = wait4(-1, &status, WNOHANG, &used);

		if (pid < 0)
			return REAPED_ALL; /* ECHILD */
		if (pid == 0)
			return REAPED_DEAD;
		/*
		 * A program can name its parent, us, its tracer
		 * (PTRACE_TRACEME); then its stops are reported too.
		 */
		if (WIFEXITED(status) || WIFSIGNALED(status))
			count_dead(sb, pid, status, &used);
	}
	return REAPED_SOME;
}

static void
wait_for_death(void)
{
	const struct timespec most = { .tv_nsec = SWEEP_WAIT_US * 1000L };
	sigset_t death;

	sigemptyset(&death);
	sigaddset(&death, SIGCHLD);
	(void)sigtimedwait(&death, NULL, &most);
}

/*
 * kill(-1) reaches every process that we may signal except pid 1 and us: the
 * program's group and whoever has left it, without a list that a fork bomb
 * could outrun.  It is repeated, since it can miss a fork that is under way.
 * A turn counts for no more than the wait that it contains, so the time that
 * a container spends frozen is not held against it.
 */
int
sandbox_empty(struct sandbox *sb)
{
	uint64_t spent_us = 0;

	while (spent_us < SWEEP_MAX_US) {
		uint64_t began_us = clock_us();
		uint64_t turn_us;
		enum sandbox_reaped reaped;

		(void)kill(-1, SIGKILL);
		reaped = sandbox_reap(sb);
		if (reaped == REAPED_ALL)
			return 0;
		if (reaped == REAPED_DEAD)
			wait_for_death();
		turn_us = clock_us() - began_us;
		spent_us += turn_us < SWEEP_WAIT_US ? turn_us : SWEEP_WAIT_US;
	}
	return -1;
}
