// attack: all memory, by System V segments
// tries: Makes shared memory segments, touches them and detaches: memory that
//   lives on without any process.
// wall: cgroup
// without: It stays until somebody calls ipcrm, or until the next boot.
// expect: out_of_memory
// limits: {"memory_mb": 32, "wall_ms": 2000}

#define _GNU_SOURCE
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "tests/attacks/lib/attack.h"

#define SEGMENT (4UL << 20)

int attack_memory_sysv(int argc, char **argv);

int
attack_memory_sysv(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (int n = 0; n < 16; n++) {
		int id = shmget(IPC_PRIVATE, SEGMENT, 0600);
		char *at = id < 0 ? NULL : shmat(id, NULL, 0);

		if (at == NULL || at == (char *)-1) {
			stopped("shmget", "after %d segments", n);
			return 0;
		}
		memset(at, 1, SEGMENT);
		shmdt(at);
	}
	escaped("shmget", "64 MB");
	return 0;
}
