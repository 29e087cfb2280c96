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
#include "tests/attacks/lib/namespaces.h"

#define NEW_TIME 0x00000080

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
		flags = (int)namespaces[i].flag;
		in_child(try, (void *)namespaces[i].name);
		flags |= CLONE_NEWUSER;
		in_child(try, (void *)namespaces[i].name);
	}
	flags = NEW_TIME; /* of clone it is a signal's number */
	in_child(try, "time");
	must_be_filtered("unshare, bad flags", unshare(0x1));
	return 0;
}
