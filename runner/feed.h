/*
 * runner/feed.h -- a program's standard input, given as fast as it reads.
 *
 * The pipe is filled before the program starts; mostly that is all of it.
 * The rest waits in memory and follows whenever there is room.  Then, and
 * when the program closes its end, the pipe is closed.
 *
 * Runs in: runner serve.  Blocks: never.  Owns: the pipe's end, the rest.
 */
#ifndef RUNNER_FEED_H
#define RUNNER_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct feed {
	int fd;        /* -1 once all was given */
	uint8_t *rest; /* its own mapping, which no child inherits */
	size_t size;
	size_t done;
};

/* Takes fd, which does not block. */
void feed_init(struct feed *f, int fd);
void feed_fini(struct feed *f);
/* Copies what does not fit into the pipe; data may go afterwards. */
int feed_load(struct feed *f, const void *data, size_t n, struct err *e);
/* The pipe may have room again, or nobody behind it. */
void feed_go_on(struct feed *f);

#endif
