// attack: take all queued signals
// tries: One program queues signals to itself until the user's share is used
//   up, and takes timers, which count alike, while the other needs some.
// wall: container
// without: The kernel counts them for a user id, across containers: timers and
//   real-time signals fail for everybody.
// expect: ok
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define NEEDED 100

static int
queue_signals(int most)
{
	const union sigval value = { .sival_int = 0 };
	timer_t timer;
	int n = 0;

	while (n < most && sigqueue(getpid(), SIGRTMIN, value) == 0 &&
	    timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0)
		n++;
	return n;
}

int attack_starve_signals(int argc, char **argv);

int
attack_starve_signals(int argc, char **argv)
{
	sigset_t all;
	int n;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (word_is(argc, argv, "hog")) {
		n = queue_signals(1000000);
		stopped("hog", "%s after %d", strerrorname_np(errno), n);
		sleep_ms(1200);
		return 0;
	}
	sleep_ms(500);
	n = queue_signals(NEEDED);
	if (n < NEEDED)
		escaped("starve", "only %d left for me", n);
	else
		stopped("starve", "I have mine");
	return 0;
}
