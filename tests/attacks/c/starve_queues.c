// attack: take all bytes of message queues
// tries: One program makes POSIX queues until the user's bytes are used up,
//   while the other needs one.
// wall: container
// without: The kernel counts the bytes for a user id, across containers.
// expect: ok
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>

#include "tests/attacks/lib/attack.h"

static bool
queue(int number)
{
	struct mq_attr size = { .mq_maxmsg = 10, .mq_msgsize = 1024 };
	char name[32];

	snprintf(name, sizeof name, "/q%d", number);
	return mq_open(name, O_RDWR | O_CREAT, 0600, &size) >= 0;
}

int attack_starve_queues(int argc, char **argv);

int
attack_starve_queues(int argc, char **argv)
{
	int n = 0;

	if (word_is(argc, argv, "hog")) {
		while (queue(n))
			n++;
		stopped("hog", "%s after %d", strerrorname_np(errno), n);
		sleep_ms(1200);
		return 0;
	}
	sleep_ms(500);
	if (queue(0))
		stopped("starve", "I have mine");
	else
		escaped("starve", "no queue: %s", strerrorname_np(errno));
	return 0;
}
