// attack: enter another namespace
// tries: setns into every namespace of every visible process, by their files in
//   /proc and by a pidfd.
// wall: seccomp
// rule: setns
// without: The program could step out of its own sandbox into that of what
//   watches it.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static const char *const names[] = { "user", "mnt", "pid", "net", "ipc", "uts",
	"cgroup", "time" };

static void
enter_all_of(pid_t pid)
{
	char path[64];
	int fd;

	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		must_fail(path, fd < 0 ? fd : setns(fd, 0));
		if (fd >= 0)
			close(fd);
	}
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	must_fail("by pidfd",
	    fd < 0 ? fd : setns(fd, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS));
	if (fd >= 0)
		close(fd);
}

int attack_enter_namespace(int argc, char **argv);

int
attack_enter_namespace(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	(void)argc, (void)argv;
	for (size_t i = 0; i < n; i++)
		enter_all_of(pids[i]);
	must_be_filtered("setns, bad descriptor", setns(-1, 0));
	return 0;
}
