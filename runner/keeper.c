#define _GNU_SOURCE
#include "runner/keeper.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "runner/child.h"
#include "runner/sandbox.h"
#include "runner/self.h"

#define ABOVE    16 /* all descriptors go there before they find their place */
#define ROUNDS   50 /* of killing, before it is left to the kernel */
#define ROUND_NS 1000000L
#define BURY_MAX 64 /* dead buried in one go */

struct keeper {
	bool walled;
	pid_t program;
	int deaths_fd; /* signalfd of SIGCHLD */
	int status;
};

/* ---- words ------------------------------------------------------------ */

static_assert(sizeof(struct keeper_word) <= PIPE_BUF, "written whole");

static void
say(const struct keeper_word *word)
{
	if (write(KEEPER_WORDS_FD, word, sizeof *word) < 0)
		_exit(1);
}

void
keeper_tell(enum keeper_says says, const struct err *err)
{
	struct keeper_word word = { .says = says };

	if (err != NULL)
		word.err = *err;
	say(&word);
}

/* ---- the beginning ---------------------------------------------------- */

/* Puts fds into their places, 0 to 5, and closes everything else. */
static int
take_descriptors(const struct keeper_fds *fds)
{
	const int from[] = { fds->std[0], fds->std[1], fds->std[2], fds->words,
		fds->leash, fds->order };
	int above[nitems(from)];

	for (size_t i = 0; i < nitems(from); i++) {
		above[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE);
		if (above[i] < 0)
			return -1;
	}
	for (int i = 0; i < (int)nitems(from); i++)
		if (dup3(above[i], i, i > STDERR_FILENO ? O_CLOEXEC : 0) < 0)
			return -1;
	closefrom((int)nitems(from));
	return 0;
}

/*
 * A core goes wherever the host's core_pattern says; when that is a pipe, 0
 * does not stop it, but 1 does.  A container is born with that, and its
 * profile lets nobody set it, us included.
 */
static int
forbid_cores(struct err *e)
{
	const struct rlimit none = { 1, 1 };
	struct rlimit now;

	if (getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max <= 1 &&
	    now.rlim_cur == now.rlim_max)
		return 0;
	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return err_errno(e, "cannot forbid core dumps");
	return 0;
}

static int
prepare(struct keeper *k, const struct wall *wall,
    const struct seccomp_filter *filter, struct err *e)
{
	k->walled = wall != NULL;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_errno(e, "cannot ask to die with serve");
	if (wall != NULL &&
	    (wall_build(wall, e) < 0 || wall_drop_rights(e) < 0))
		return wall_refused(e);
	if (chdir(SANDBOX_HOME) < 0)
		return err_errno(e, "cannot enter %s", SANDBOX_HOME);
	if (forbid_cores(e) < 0)
		return -1;
	/* The child inherits it; what is left to do here it allows. */
	if (seccomp_filter_load(filter) < 0)
		return err_errno(e, "cannot load the program's filter");
	k->deaths_fd = self_watch_deaths(e);
	return k->deaths_fd < 0 ? -1 : 0;
}

static int
fork_program(struct keeper *k, struct err *e)
{
	k->program = fork();
	if (k->program < 0)
		return err_errno(e, "cannot fork");
	if (k->program == 0) {
		/* It is not to hold its own keeper. */
		close(KEEPER_LEASH_FD);
		child_main();
	}
	close(KEEPER_ORDER_FD);
	/* Ours would keep the pipes open when the program has closed its own.
	 */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	return 0;
}

/* ---- the end ---------------------------------------------------------- */

/* Buries the dead, some at a time: they may die as fast as they are buried.
 * False: there is nobody left. */
static bool
bury(struct keeper *k)
{
	for (int i = 0; i < BURY_MAX; i++) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid <= 0)
			return pid == 0;
		if (pid == k->program) {
			k->program = 0;
			k->status = status;
		}
	}
	return true;
}

/*
 * Here kill(-1) is everyone behind the wall but us, and whoever is buried by
 * us is counted.  A bomb may outrun it for a while; then our own end ends it,
 * uncounted.  False: someone may be left.  Without a wall it would hit serve,
 * whose children the orphans are.
 */
static bool
empty(struct keeper *k)
{
	if (!k->walled)
		return false;
	for (int i = 0; i < ROUNDS && bury(k); i++) {
		(void)kill(-1, SIGKILL);
		self_wait_for_death(ROUND_NS);
	}
	return !bury(k);
}

static _Noreturn void
end(struct keeper *k)
{
	struct keeper_word word = { .says = KEEPER_ENDED };
	struct rusage used;

	word.alone = empty(k);
	word.status = k->program == 0 ? k->status : SIGKILL;
	if (getrusage(RUSAGE_CHILDREN, &used) == 0) {
		word.cpu_us = clock_of_timeval_us(&used.ru_utime) +
		    clock_of_timeval_us(&used.ru_stime);
		word.memory_kb = (uint64_t)used.ru_maxrss;
	}
	say(&word);
	_exit(0);
}

static _Noreturn void
keep(struct keeper *k)
{
	struct pollfd waits[] = {
		{ .fd = KEEPER_LEASH_FD, .events = POLLIN },
		{ .fd = k->deaths_fd, .events = POLLIN },
	};
	struct signalfd_siginfo death;

	for (;;) {
		if (poll(waits, nitems(waits), -1) < 0 && errno != EINTR)
			_exit(1);
		while (read(k->deaths_fd, &death, sizeof death) > 0)
			;
		(void)bury(k);
		if (k->program == 0 || waits[0].revents != 0)
			end(k);
	}
}

_Noreturn void
keeper_main(const struct keeper_fds *fds, const struct wall *wall,
    const struct seccomp_filter *filter)
{
	struct keeper k = { .deaths_fd = -1, .status = SIGKILL };
	struct err e;

	if (take_descriptors(fds) < 0)
		_exit(1);
	prctl(PR_SET_NAME, "keeper");
	if (prepare(&k, wall, filter, &e) < 0 || fork_program(&k, &e) < 0) {
		keeper_tell(KEEPER_BROKEN, &e);
		_exit(1);
	}
	keep(&k);
}
