// attack: generations that outrun the janitor
// tries: Leaves a chain of processes, each of which forks the next and ends at
//   once: a walk through /proc never meets one that is still alive.
// wall: namespace
// without: A clean-up that kills by number loses the race (known from Piston).
// expect: ok
// runs: plant look

#include <stdlib.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void
generations(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0);
		if (pid == 0)
			setsid();
		else
			sleep_ms(1);
	}
}

int attack_left_generations(int argc, char **argv);

int
attack_left_generations(int argc, char **argv)
{
	pid_t pids[64];

	if (word_is(argc, argv, "plant")) {
		if (fork() == 0)
			generations();
		sleep_ms(30);
		stopped("plant", "they run");
		return 0;
	}
	for (int i = 0; i < 100; i++) {
		size_t n = visible_pids(pids, nitems(pids));

		for (size_t j = 0; j < n; j++)
			if (pids[j] > getpid()) {
				escaped("generations", "process %d is new",
				    pids[j]);
				return 0;
			}
		sleep_ms(2);
	}
	stopped("generations", "nobody was born");
	return 0;
}
