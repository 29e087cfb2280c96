// attack: lock memory
// tries: mlock, mlockall and locked System V segments beyond the limit; raises
//   the limit.
// wall: rlimit
// without: Locked memory cannot be reclaimed by the machine, and is counted for
//   the user.
// expect: ok out_of_memory
// limits: {"memory_mb": 48}

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>

#include "tests/attacks/lib/attack.h"

#define MUCH (16UL << 20)

int attack_memory_locked(int argc, char **argv);

int
attack_memory_locked(int argc, char **argv)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	void *memory = malloc(MUCH);
	int id = shmget(IPC_PRIVATE, MUCH, 0600);

	(void)argc, (void)argv;
	must_fail("no limit", setrlimit(RLIMIT_MEMLOCK, &all));
	must_fail("mlock of 16 MB", mlock(memory, MUCH));
	must_fail("mlock2 of 16 MB", mlock2(memory, MUCH, MLOCK_ONFAULT));
	must_fail("a locked segment of 16 MB",
	    id < 0 ? id : shmctl(id, SHM_LOCK, NULL));
	must_fail("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
	must_fail("huge pages", shmget(IPC_PRIVATE, MUCH, SHM_HUGETLB | 0600));
	return 0;
}
