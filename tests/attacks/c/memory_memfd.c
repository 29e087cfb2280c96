// attack: all memory, by files that have no place
// tries: memfd_create: files in memory that no mount limits and no name finds.
// wall: cgroup
// without: As with the heap; but the memory belongs to no process, so killing
//   the largest process does not free it.
// expect: out_of_memory
// limits: {"memory_mb": 32, "wall_ms": 2000}

#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static char buffer[1 << 20];

int attack_memory_memfd(int argc, char **argv);

int
attack_memory_memfd(int argc, char **argv)
{
	int n = 0;

	(void)argc, (void)argv;
	while (n < 64) {
		int fd = memfd_create("x", 0);

		if (fd < 0 || write(fd, buffer, sizeof buffer) < 0)
			break;
		n++;
	}
	if (n == 64)
		escaped("memfd", "%d MB", n);
	else
		stopped("memfd", "after %d MB", n);
	return 0;
}
