// attack: leave a POSIX message queue
// tries: Leaves a queue with a message, and a named semaphore; the next program
//   opens them by name.
// wall: namespace
// without: A message box between programs; its bytes count for the user.
// expect: ok
// runs: plant look

#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_left_queue(int argc, char **argv);

int
attack_left_queue(int argc, char **argv)
{
	struct mq_attr size = { .mq_maxmsg = 2, .mq_msgsize = 64 };

	if (word_is(argc, argv, "plant")) {
		mqd_t queue = mq_open("/left", O_RDWR | O_CREAT, 0666, &size);

		if (queue >= 0)
			mq_send(queue, "left behind", 11, 0);
		sem_open("/left", O_CREAT, 0666, 1);
		stopped("plant", "done");
	} else {
		must_fail("the queue", mq_open("/left", O_RDWR));
		must_fail("the semaphore",
		    sem_open("/left", 0) == SEM_FAILED ? -1 : 0);
		must_fail("its file", access("/dev/mqueue/left", F_OK));
	}
	return 0;
}
