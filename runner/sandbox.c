#define _GNU_SOURCE
#include "runner/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "runner/order.h"
#include "runner/self.h"

#define REAP_MAX      64      /* dead buried in one go */
#define LAST_WORD_MS  100     /* the keeper's, when it is asked to end */
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

/* ---- made ------------------------------------------------------------- */

enum way { TO_SANDBOX, FROM_SANDBOX };

static int
make_pipe(enum way way, int *ours, int *theirs, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, "cannot make a pipe");
	*ours = ends[way == TO_SANDBOX ? 1 : 0];
	*theirs = ends[way == TO_SANDBOX ? 0 : 1];
	return 0;
}

/* Only our ends: a program's own streams block, as everywhere. */
static int
set_nonblocking(const int *fds, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (fcntl(fds[i], F_SETFL, O_NONBLOCK) < 0)
			return err_errno(e, "cannot set up a pipe");
	return 0;
}

static int
make_pipes(struct sandbox *sb, struct keeper_fds *theirs, struct err *e)
{
	int *std = sb->runner_fds;

	if (make_pipe(TO_SANDBOX, &std[0], &theirs->std[0], e) < 0 ||
	    make_pipe(FROM_SANDBOX, &std[1], &theirs->std[1], e) < 0 ||
	    make_pipe(FROM_SANDBOX, &std[2], &theirs->std[2], e) < 0 ||
	    make_pipe(FROM_SANDBOX, &sb->words_fd, &theirs->words, e) < 0 ||
	    make_pipe(TO_SANDBOX, &sb->leash_fd, &theirs->leash, e) < 0 ||
	    make_pipe(TO_SANDBOX, &sb->order_fd, &theirs->order, e) < 0)
		return -1;
	return set_nonblocking(std, nitems(sb->runner_fds), e) < 0 ?
	    -1 :
	    set_nonblocking(&sb->words_fd, 1, e);
}

/* fork(), with namespaces; libc has no word for it that needs no stack. */
static pid_t
clone_keeper(const struct wall *wall)
{
	long flags = SIGCHLD | (wall ? wall_clone_flags(wall) : 0);

	return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static int
bear_keeper(struct sandbox *sb, const struct keeper_fds *theirs,
    const struct wall *wall, const struct seccomp_filter *filter, struct err *e)
{
	pid_t pid = clone_keeper(wall);

	if (pid == 0)
		keeper_main(theirs, wall, filter);
	if (pid < 0 && wall == NULL)
		return err_errno(e, "cannot clone");
	if (pid < 0) {
		err_errno(e, "cannot clone with new namespaces");
		return wall_refused(e);
	}
	sb->keeper = pid;
	return 0;
}

int
sandbox_prepare(struct sandbox *sb, const struct wall *wall,
    const struct seccomp_filter *filter, struct err *e)
{
	struct keeper_fds theirs = { { -1, -1, -1 }, -1, -1, -1 };
	int made;

	*sb = (struct sandbox){
		.walled = wall != NULL,
		.runner_fds = { -1, -1, -1 },
		.words_fd = -1,
		.leash_fd = -1,
		.order_fd = -1,
		.status = SIGKILL,
	};
	made = make_pipes(sb, &theirs, e);
	if (made == 0)
		made = bear_keeper(sb, &theirs, wall, filter, e);
	close_all(theirs.std, nitems(theirs.std));
	close_all(&theirs.words, 1);
	close_all(&theirs.leash, 1);
	close_all(&theirs.order, 1);
	return made;
}

void
sandbox_fini(struct sandbox *sb)
{
	close_all(sb->runner_fds, nitems(sb->runner_fds));
	close_all(&sb->words_fd, 1);
	close_all(&sb->leash_fd, 1);
	close_all(&sb->order_fd, 1);
}

/* ---- in use ----------------------------------------------------------- */

static void
note_end(struct sandbox *sb, const struct keeper_word *word)
{
	sb->ended = true;
	sb->alone = word->alone;
	sb->status = word->status;
	sb->cpu_us += word->cpu_us;
	if (word->memory_kb > sb->memory_kb)
		sb->memory_kb = word->memory_kb;
}

bool
sandbox_hear(struct sandbox *sb, struct keeper_word *ret_word)
{
	ssize_t n;

	do
		n = read(sb->words_fd, ret_word, sizeof *ret_word);
	while (n < 0 && errno == EINTR);
	if (n != sizeof *ret_word)
		return false;
	/* On gVisor a program reaches this pipe: its words are text still. */
	ret_word->err.text[sizeof ret_word->err.text - 1] = '\0';
	if (ret_word->says == KEEPER_ENDED)
		note_end(sb, ret_word);
	return true;
}

bool
sandbox_start(struct sandbox *sb, const struct program *p)
{
	bool sent;

	sb->started_us = clock_us();
	sent = order_send(sb->order_fd, p);
	close_all(&sb->order_fd, 1);
	return sent;
}

/* ---- emptied ---------------------------------------------------------- */

/* The keeper's figures have its children's in them; it may have told them. */
static void
count_dead(struct sandbox *sb, pid_t pid, const struct rusage *used)
{
	if (pid == sb->keeper) {
		sb->keeper = 0;
		if (sb->ended)
			return;
	}
	sb->cpu_us += clock_of_timeval_us(&used->ru_utime) +
	    clock_of_timeval_us(&used->ru_stime);
	if ((uint64_t)used->ru_maxrss > sb->memory_kb)
		sb->memory_kb = (uint64_t)used->ru_maxrss;
}

enum reaped { REAPED_ALL, REAPED_DEAD, REAPED_SOME };

/* Some at a time: they may die as fast as they are buried. */
static enum reaped
reap(struct sandbox *sb)
{
	for (int i = 0; i < REAP_MAX; i++) {
		struct rusage used;
		int status;
		pid_t pid = wait4(-1, &status, WNOHANG, &used);

		if (pid < 0)
			return REAPED_ALL; /* ECHILD */
		if (pid == 0)
			return REAPED_DEAD;
		count_dead(sb, pid, &used);
	}
	return REAPED_SOME;
}

bool
sandbox_reap(struct sandbox *sb)
{
	return reap(sb) == REAPED_SOME;
}

/*
 * A keeper that ends the program itself can still tell what it used.  One
 * that is killed cannot: the kernel then buries the program uncounted.
 */
static void
ask_to_end(struct sandbox *sb)
{
	const uint64_t deadline = clock_us() + LAST_WORD_MS * 1000;
	struct pollfd wait = { .fd = sb->words_fd, .events = POLLIN };
	struct keeper_word word;

	close_all(&sb->leash_fd, 1);
	while (!sb->ended && clock_us() < deadline) {
		int n = poll(&wait, 1, LAST_WORD_MS);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && !sandbox_hear(sb, &word))
			return;
	}
}

/*
 * Behind a wall the keeper's end is everyone's.  Without one kill(-1) reaches
 * every process that we may signal except pid 1 and us: the program's group
 * and whoever has left it, without a list that a fork bomb could outrun.  It
 * is repeated, since it can miss a fork that is under way.
 */
static void
kill_all(const struct sandbox *sb)
{
	if (!sb->walled)
		(void)kill(-1, SIGKILL);
	else if (sb->keeper > 0)
		(void)kill(sb->keeper, SIGKILL);
}

/*
 * A turn counts for no more than the wait that it contains, so the time that
 * a container spends frozen is not held against it.
 */
int
sandbox_empty(struct sandbox *sb)
{
	uint64_t spent_us = 0;

	if (sb->walled && sb->keeper > 0 && !sb->ended)
		ask_to_end(sb);
	while (spent_us < SWEEP_MAX_US) {
		uint64_t began_us = clock_us();
		uint64_t turn_us;
		enum reaped reaped;

		kill_all(sb);
		reaped = reap(sb);
		if (reaped == REAPED_ALL)
			return 0;
		if (reaped == REAPED_DEAD)
			self_wait_for_death(SWEEP_WAIT_US * 1000L);
		turn_us = clock_us() - began_us;
		spent_us += turn_us < SWEEP_WAIT_US ? turn_us : SWEEP_WAIT_US;
	}
	return -1;
}
