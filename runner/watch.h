/*
 * runner/watch.h -- what `runner serve` waits for.
 *
 * Each source is one descriptor in one epoll set.  The program's pipes are
 * watched edge-triggered, and so are reported in the order in which they
 * became ready; output.h says why that matters.
 */
#ifndef RUNNER_WATCH_H
#define RUNNER_WATCH_H

#include <stdint.h>
#include <sys/epoll.h>

#include "common/err.h"

enum watch_source {
	WATCH_HOST_IN,  /* frames, or the end of the stream */
	WATCH_HOST_OUT, /* the host reads again, or is gone */
	WATCH_CHILDREN, /* SIGCHLD */
	WATCH_KEEPER,   /* a word from it */
	WATCH_FEED,     /* room in the program's standard input */
	WATCH_STDOUT,   /* the program wrote */
	WATCH_STDERR,
	WATCH_NSOURCES,
};

static inline int
watch_add(int epoll_fd, int fd, uint32_t events, enum watch_source source,
    struct err *e)
{
	struct epoll_event event = { .events = events, .data.u32 = source };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return err_errno(e, "cannot watch descriptor %d", fd);
	return 0;
}

#endif
