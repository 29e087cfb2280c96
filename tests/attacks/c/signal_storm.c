// attack: a storm of signals
// tries: Sends real-time signals, which queue up, by the thousand to every
//   visible process and to all at once.
// wall: namespace
// without: The runner handles signals and nothing else, or dies of one that it
//   does not expect.
// expect: ok

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define STORM 20000

static long
storm_on(pid_t pid, int number)
{
	const union sigval value = { .sival_int = 0 };
	long sent = 0;

	while (sent < STORM && sigqueue(pid, number, value) == 0)
		sent++;
	return sent;
}

int attack_signal_storm(int argc, char **argv);

int
attack_signal_storm(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));
	char what[64];

	(void)argc, (void)argv;
	for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
		signal(number, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	for (size_t i = 0; i < n; i++) {
		snprintf(what, sizeof what, "process %d", pids[i]);
		stopped(what, "%ld queued, and it goes on",
		    storm_on(pids[i], SIGRTMIN + 1) +
			storm_on(pids[i], SIGRTMAX));
	}
	for (int i = 0; i < 1000; i++) {
		kill(-1, SIGUSR1);
		kill(-1, SIGALRM);
		kill(-1, SIGRTMIN + (i % 30));
	}
	stopped("all", "3000 sent, and I have a result");
	return 0;
}
