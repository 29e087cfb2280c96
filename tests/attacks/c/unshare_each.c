// attack: unshare every namespace
// tries: unshare with each CLONE_NEW flag alone, and each together with a new
//   user namespace, in which one would have all capabilities.
// wall: seccomp
// rule: unshare
// without: In a user namespace of its own the program has capabilities that
//   open a large part of the kernel: mounts, netfilter, network devices.
// expect: ok

#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define NEW_TIME 0x00000080

static const struct {
	const char *name;
	int flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER },
	{ "mount", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "time", NEW_TIME },
};

static int flags;

static void
try(void *name)
{
	must_fail(name, unshare(flags));
}

int attack_unshare_each(int argc, char **argv);

int
attack_unshare_each(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (size_t i = 0; i < nitems(namespaces); i++) {
		flags = namespaces[i].flag;
		in_child(try, (void *)namespaces[i].name);
		flags |= CLONE_NEWUSER;
		in_child(try, (void *)namespaces[i].name);
	}
	must_be_filtered("unshare, bad flags", unshare(0x1));
	return 0;
}
