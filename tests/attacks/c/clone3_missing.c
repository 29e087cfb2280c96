// attack: clone3, whose flags no filter can see
// tries: clone3 with a new user namespace. Its flags are in memory, so a filter
//   must refuse it whole, and with ENOSYS, for else threads break.
// wall: seccomp
// rule: clone3
// without: A filter that knows only clone would let this one through.
// expect: ok

#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void *
thread(void *unused)
{
	return unused;
}

int attack_clone3_missing(int argc, char **argv);

int
attack_clone3_missing(int argc, char **argv)
{
	struct clone_args args = { .flags = CLONE_NEWUSER,
		.exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof args);
	pthread_t id;

	(void)argc, (void)argv;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	if (pid < 0 && errno == ENOSYS)
		stopped("clone3", "ENOSYS");
	else
		escaped("clone3", "%s",
		    pid < 0 ? strerrorname_np(errno) :
			      "a process in a new user namespace");
	if (pthread_create(&id, NULL, thread, NULL) != 0)
		escaped("clone3", "and threads are broken by the filter");
	else
		pthread_join(id, NULL);
	return 0;
}
