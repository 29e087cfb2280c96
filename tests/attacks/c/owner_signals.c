// attack: kill by file ownership
// tries: Names other processes and groups as owners of a socket, with SIGKILL
//   as the signal for its events; a filter of kill() never sees it.
// wall: namespace
// without: The kernel sends the signal, in the program's name, to the runner.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

/* owner: a process, or below 0 a process group. */
static void
shoot(pid_t owner)
{
	char what[64], byte = 0;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return;
	snprintf(what, sizeof what, "owner %d", owner);
	if (fcntl(pair[0], F_SETOWN, owner) < 0 ||
	    fcntl(pair[0], F_SETSIG, SIGKILL) < 0 ||
	    fcntl(pair[0], F_SETFL, O_ASYNC) < 0)
		stopped(what, "fcntl refused");
	else if (write(pair[1], &byte, 1) == 1)
		stopped(what, "shot, and I have a result");
	close(pair[0]);
	close(pair[1]);
}

int attack_owner_signals(int argc, char **argv);

int
attack_owner_signals(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	(void)argc, (void)argv;
	for (size_t i = 0; i < n; i++) {
		pid_t group = getpgid(pids[i]);

		shoot(pids[i]);
		if (group > 0 && group != getpgrp())
			shoot(-group);
	}
	sleep_ms(50);
	stopped("owner signals", "the runner still reads what I write");
	return 0;
}
