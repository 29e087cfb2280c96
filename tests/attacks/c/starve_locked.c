// attack: take all locked memory
// tries: One program locks System V segments, which count for the user and not
//   for the process, while the other needs a little.
// wall: container
// without: The kernel counts them for a user id, across containers: programs
//   that lock a password in memory fail.
// expect: ok
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "tests/attacks/lib/attack.h"

static int
lock(size_t bytes)
{
	int id = shmget(IPC_PRIVATE, bytes, 0600);

	return id < 0 ? id : shmctl(id, SHM_LOCK, NULL);
}

int attack_starve_locked(int argc, char **argv);

int
attack_starve_locked(int argc, char **argv)
{
	int n = 0;

	if (word_is(argc, argv, "hog")) {
		while (n < 1000 && lock(4096) == 0)
			n++;
		stopped("hog", "%s after %d", strerrorname_np(errno), n);
		sleep_ms(1200);
		return 0;
	}
	sleep_ms(500);
	if (lock(4096) == 0)
		stopped("starve", "I have mine");
	else
		escaped("starve", "%s", strerrorname_np(errno));
	return 0;
}
