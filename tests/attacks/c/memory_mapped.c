// attack: all memory, by mmap
// tries: Maps memory, shared between processes, and touches it page by page.
// wall: cgroup
// without: The machine would run out of memory and kill some other process.
// expect: out_of_memory
// limits: {"memory_mb": 32, "wall_ms": 2000}

#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "tests/attacks/lib/attack.h"

#define MIB (1UL << 20)

int attack_memory_mapped(int argc, char **argv);

int
attack_memory_mapped(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (int n = 0; n < 64; n++) {
		char *page = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED)
			break;
		memset(page, 1, MIB);
	}
	escaped("mmap", "64 MB");
	return 0;
}
