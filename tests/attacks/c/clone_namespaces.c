// attack: clone into a new namespace
// tries: clone with each CLONE_NEW flag; the flag that a filter of unshare
//   alone would miss.
// wall: seccomp
// rule: clone
// without: As with unshare: a user namespace in which the program has all
//   capabilities.
// expect: ok

#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static const struct {
	const char *name;
	unsigned long flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER },
	{ "mount", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP },
};

static void
try(const char *name, unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	must_fail(name, pid);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
}

int attack_clone_namespaces(int argc, char **argv);

int
attack_clone_namespaces(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (size_t i = 0; i < nitems(namespaces); i++) {
		try(namespaces[i].name, namespaces[i].flag);
		try(namespaces[i].name, namespaces[i].flag | CLONE_NEWUSER);
	}
	return 0;
}
