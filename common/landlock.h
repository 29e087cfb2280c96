/*
 * common/landlock.h -- gives up the file system and the network by Landlock.
 *
 * A process that confined itself keeps what it has open, and reaches by name
 * only what it named.  Needs no rights, but no_new_privs.  Kernels differ in
 * what they can take away (their ABI, a number); we ask for all that this one
 * can.
 *
 * Runs in:  web, worker, pool, at their start.  Blocks: no.
 */
#ifndef COMMON_LANDLOCK_H
#define COMMON_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

#define LANDLOCK_WRITE_FILE (1ull << 1)
#define LANDLOCK_READ_FILE  (1ull << 2)

/* What is taken away; the kernel's own struct. */
struct landlock_taken {
	uint64_t files;   /* ABI 1: all that is done with a file's name */
	uint64_t network; /* ABI 4: bind and connect of TCP */
	uint64_t scopes;  /* ABI 6: abstract sockets and signals of others */
};

/* All that a kernel of this ABI can take and we know of. */
struct landlock_taken landlock_all(int abi);

/* The kernel's ABI, from 1; 0: it has no Landlock, or it is switched off. */
int landlock_abi(void);

/* An exception: what is beneath a folder. */
struct landlock_path {
	const char *folder;
	uint64_t allowed;
};

/*
 * Takes everything but those n exceptions from this thread and all that it
 * starts, for good.  abi > 0.  A folder that is not there is passed over.
 */
int landlock_confine(
    int abi, const struct landlock_path *paths, size_t n, struct err *e);

#endif
