/*
 * supervisor/spawn.h -- a child is born with exactly its descriptors.
 *
 * fork + exec of our own executable with --role: a fresh address space, no
 * inherited event loop.  0: /dev/null; 1 and 2: our log; 3: its control
 * channel; nothing else.
 */
#ifndef SUPERVISOR_SPAWN_H
#define SUPERVISOR_SPAWN_H

#include <sys/types.h>

#include "common/err.h"
#include "common/roles.h"

struct spawned {
	pid_t pid;
	int control_fd; /* both are given to the caller */
	int log_fd;
};

int
spawn_child(int program_fd, enum role role, struct spawned *ret, struct err *e);

#endif
