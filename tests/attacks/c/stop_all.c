// attack: stop everything
// tries: SIGSTOP to every process it may, again and again, from two processes,
//   and to each one by its number.
// wall: namespace
// without: A stopped runner answers nobody, and no limit inside the container
//   is kept any more.
// expect: ok

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

/* It spares itself, and by its group the parent. */
static void
stop_others(void *parent)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	for (size_t i = 0; i < n; i++)
		if (pids[i] != *(pid_t *)parent)
			kill(pids[i], SIGSTOP);
}

int attack_stop_all(int argc, char **argv);

int
attack_stop_all(int argc, char **argv)
{
	pid_t self = getpid();

	(void)argc, (void)argv;
	for (int i = 0; i < 20; i++) {
		kill(-1, SIGSTOP);
		in_child(stop_others, &self);
	}
	sleep_ms(50);
	stopped("stop all", "somebody still reads what I write");
	return 0;
}
