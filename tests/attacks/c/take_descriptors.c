// attack: take a descriptor from another process
// tries: pidfd_getfd of descriptors 0 to 15 of every visible process.
// wall: seccomp
// rule: pidfd_getfd
// without: With the runner's stream in hand a program writes its own result.
// expect: ok

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void
take_from(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	char what[64];

	for (int fd = 0; fd < 16; fd++) {
		snprintf(
		    what, sizeof what, "descriptor %d of process %d", fd, pid);
		must_fail(what,
		    pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, fd, 0));
	}
	if (pidfd >= 0)
		close(pidfd);
}

int attack_take_descriptors(int argc, char **argv);

int
attack_take_descriptors(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	(void)argc, (void)argv;
	for (size_t i = 0; i < n; i++)
		take_from(pids[i]);
	must_be_filtered(
	    "pidfd_getfd, bad descriptor", syscall(SYS_pidfd_getfd, -1, 0, 0));
	return 0;
}
