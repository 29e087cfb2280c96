/*
 * runner/wall.h -- the inner wall: what a program's first process builds
 * around itself before there is a program.
 *
 *     clone(wall_clone_flags)   new user, pid, mount, ipc, uts, perhaps net
 *     wall_build                uid 1000 inside; a root of its own: /usr and
 *                               /etc of the image, read-only; /proc, masked;
 *                               five devices; empty /tmp, home and /dev/shm
 *     wall_drop_rights          no capability, now or ever again
 *
 * When that first process dies the kernel ends every process behind the wall
 * and takes back every file, mount, queue and segment.  There is nothing left
 * to clean, which is why a container can be used again.
 *
 * Runs in: the keeper (runner/keeper.h).  Blocks: never.
 */
#ifndef RUNNER_WALL_H
#define RUNNER_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

/* The user inside, as the images' /etc/passwd names it: sandbox. */
#define WALL_UID 1000

struct wall {
	unsigned uid, gid;   /* outside: ours */
	uint32_t tmp_mb;     /* of /tmp, the home and /dev/shm each */
	uint32_t tmp_inodes; /* and how many files in each of them */
	/*
	 * A network namespace is dear, and there is nothing in the container's
	 * but a loopback: programs share it until one of them used it.
	 */
	bool own_net;
	bool ipv6_off; /* on the container's loopback, and so on this one */
};

int wall_clone_flags(const struct wall *w);
/*
 * *e says which step failed.  ERR_FORBIDDEN: it would fail every time, so there
 * can be no wall here; else it may be a lack of something that passes.
 */
int wall_build(const struct wall *w, struct err *e);
int wall_drop_rights(struct err *e);

/* Gives e the code ERR_FORBIDDEN if errno is a refusal; returns -1. */
int wall_refused(struct err *e);

#endif
