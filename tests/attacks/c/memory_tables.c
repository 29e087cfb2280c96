// attack: memory in page tables
// tries: Touches one page in every 2 MB of a huge mapping of one file page:
//   nearly all the memory it costs is the kernel's own tables.
// wall: cgroup
// without: A process of a few megabytes costs gigabytes, and looks small.
// expect: out_of_memory
// limits: {"memory_mb": 32, "wall_ms": 3000}

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "tests/attacks/lib/attack.h"

#define STEP  (2UL << 20)
#define STEPS 20000UL /* each costs a table of 4 KB: 80 MB */

int attack_memory_tables(int argc, char **argv);

int
attack_memory_tables(int argc, char **argv)
{
	volatile char sum = 0;
	const char *base;

	(void)argc, (void)argv;
	/* Only read: each page is the kernel's one page of zeros. */
	base = mmap(NULL, STEP * STEPS, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED) {
		stopped("page tables", "no room for the mapping");
		return 0;
	}
	madvise((void *)base, STEP * STEPS, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < STEPS; i++)
		sum = (char)(sum + base[i * STEP]);
	escaped("page tables", "80 MB of them");
	return 0;
}
