// attack: memory in sockets
// tries: Fills the buffers of many socket pairs and of the connections on its
//   own loopback: memory of the kernel that belongs to no process.
// wall: cgroup
// without: Memory that no limit of a process sees.
// expect: ok out_of_memory
// limits: {"memory_mb": 32, "wall_ms": 3000, "processes": 32}

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define ENOUGH    (64L << 20)
#define PROCESSES 10

static char buffer[65536];

/* All the pairs of one process; gives the bytes that they hold. */
static long
fill(void)
{
	const int size = 1 << 22;
	long held = 0;
	ssize_t n;
	int pair[2];

	while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0) {
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
		while ((n = write(pair[0], buffer, sizeof buffer)) > 0)
			held += n;
	}
	return held;
}

int attack_memory_sockets(int argc, char **argv);

int
attack_memory_sockets(int argc, char **argv)
{
	long held, total = 0;
	int told[2];

	(void)argc, (void)argv;
	if (pipe(told) < 0)
		return 1;
	for (int i = 0; i < PROCESSES && total < ENOUGH; i++) {
		if (fork() == 0) {
			held = fill();
			if (write(told[1], &held, sizeof held) < 0)
				_exit(1);
			pause();
		}
		if (read(told[0], &held, sizeof held) == sizeof held)
			total += held;
	}
	if (total >= ENOUGH)
		escaped("sockets", "%ld MB", total >> 20);
	else
		stopped("sockets", "at %ld MB", total >> 20);
	return 0;
}
