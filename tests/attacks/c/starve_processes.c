// attack: take all processes of the user
// tries: One program forks as often as it may and holds the processes, while
//   the other needs some.
// wall: cgroup
// without: RLIMIT_NPROC counts for a user id, across containers; the limit of a
//   cgroup does not.
// expect: ok
// limits: {"processes": 32}
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static int
hold(int most)
{
	int n = 0;

	while (n < most) {
		pid_t pid = fork();

		if (pid == 0) {
			pause();
			_exit(0);
		}
		if (pid < 0)
			break;
		n++;
	}
	return n;
}

int attack_starve_processes(int argc, char **argv);

int
attack_starve_processes(int argc, char **argv)
{
	int n;

	if (word_is(argc, argv, "hog")) {
		n = hold(1000);
		if (n == 1000)
			escaped("hog", "%d processes", n);
		else
			stopped(
			    "hog", "%s after %d", strerrorname_np(errno), n);
		sleep_ms(1200);
		return 0;
	}
	sleep_ms(500);
	n = hold(20);
	if (n < 20)
		escaped("starve", "only %d left for me", n);
	else
		stopped("starve", "I have mine");
	return 0;
}
