// attack: take all inotify instances
// tries: One program takes every inotify instance that a user may have (128)
//   and holds them, while the other needs some.
// wall: container
// without: The kernel counts them for a user id, across containers: with one id
//   for all, one program starves every other.
// expect: ok
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define NEEDED 16

int attack_starve_watches(int argc, char **argv);

int
attack_starve_watches(int argc, char **argv)
{
	int n = 0;

	if (word_is(argc, argv, "hog")) {
		while (inotify_init1(0) >= 0)
			n++;
		sleep_ms(1200);
		stopped("hog", "%s after %d", strerrorname_np(errno), n);
		return 0;
	}
	sleep_ms(500);
	while (n < NEEDED && inotify_init1(0) >= 0)
		n++;
	if (n < NEEDED)
		escaped("starve", "only %d left for me", n);
	else
		stopped("starve", "I have mine");
	return 0;
}
