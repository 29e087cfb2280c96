#define _GNU_SOURCE
#include "runner/self.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void
self_default_signals(void)
{
	/*
	 * The kernel's own struct, all zero: SIG_DFL.  libc's sigaction() keeps
	 * its hands off two signals of its own, which our parent may have left
	 * ignored all the same.  SIGKILL and SIGSTOP say EINVAL.
	 */
	static const unsigned long plain[8];
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)syscall(SYS_rt_sigaction, number, plain, NULL, NSIG / 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
self_settle(struct err *e)
{
	closefrom(STDERR_FILENO + 1);
	self_default_signals();
	umask(022);
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_errno(e, "cannot become undumpable");
	return 0;
}

static sigset_t
deaths(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	return set;
}

int
self_watch_deaths(struct err *e)
{
	sigset_t set = deaths();
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || fd < 0)
		return err_errno(e, "cannot watch the children");
	return fd;
}

void
self_wait_for_death(long most_ns)
{
	const struct timespec most = { .tv_nsec = most_ns };
	sigset_t set = deaths();

	(void)sigtimedwait(&set, NULL, &most);
}

void
self_say(const char *format, ...)
{
	char line[400] = "runner: ";
	size_t n = sizeof "runner: " - 1;
	va_list ap;
	int more;

	va_start(ap, format);
	more = vsnprintf(line + n, sizeof line - n - 1, format, ap);
	va_end(ap);
	if (more < 0)
		return;
	n += (size_t)more;
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	line[n++] = '\n';
	/* There is no one to tell that telling failed. */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
