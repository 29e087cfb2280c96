// attack: read the memory of other processes
// tries: process_vm_readv and process_vm_writev of every visible process, and
//   of a child of its own, which would need no right at all.
// wall: seccomp
// rule: process_vm_readv process_vm_writev
// without: The runner's memory holds the programs of others and the results.
// expect: ok

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static char secret[8] = "secret";

static void
read_and_write(pid_t pid, const char *whose)
{
	char got[8], what[64];
	struct iovec ours = { got, sizeof got };
	struct iovec theirs = { secret, sizeof secret };

	snprintf(what, sizeof what, "read the memory of %s %d", whose, pid);
	must_fail(what, process_vm_readv(pid, &ours, 1, &theirs, 1, 0));
	snprintf(what, sizeof what, "write the memory of %s %d", whose, pid);
	must_fail(what, process_vm_writev(pid, &ours, 1, &theirs, 1, 0));
}

int attack_read_memory(int argc, char **argv);

int
attack_read_memory(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));
	pid_t child = fork();

	(void)argc, (void)argv;
	if (child == 0) {
		pause();
		_exit(0);
	}
	for (size_t i = 0; i < n; i++)
		read_and_write(pids[i], "process");
	read_and_write(child, "my child");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	must_be_filtered(
	    "read, bad flags", process_vm_readv(getpid(), NULL, 0, NULL, 0, 1));
	return 0;
}
