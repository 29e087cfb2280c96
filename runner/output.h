/*
 * runner/output.h -- a program's standard output and error, made frames.
 *
 * Two pipes do not say which was written first.  The nearest to the truth is
 * the order in which they became ready, and edge-triggered epoll reports
 * just that (level-triggered would put a pipe that was ready before in front
 * of one that is ready now).  So:
 *
 *     an event ........... the stream joins the end of a queue
 *     output_pump ........ one read from each stream of the queue, in order
 *     bytes are left ..... the stream has more, without any new event
 *     the next pump ...... queues it behind those whose event came between
 *
 * A stream that has nothing left is not read again before its next event: a
 * read just to see that it is empty could overtake what the other stream got
 * a moment earlier.
 *
 * Each stream may send limit bytes; one byte more and it is cut, and nothing
 * more is read from it.
 *
 * Runs in: runner serve.  Blocks: never.  Owns: the two pipes' ends.
 */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/frames.h"
#include "runner/host.h"

struct stream {
	int fd;
	enum frame_type type;
	uint8_t cut_flag;
	uint64_t left; /* bytes it may still send */
	bool queued;
	bool more; /* bytes are left, and no event will say so */
	bool over; /* at its end, or cut */
};

struct output {
	struct stream streams[2]; /* stdout, stderr */
	struct stream *queue[2];
	size_t nqueued;
	uint8_t cut; /* FRAME_CUT_* */
	bool ending;
};

/* Takes both descriptors, which do not block. */
void output_init(struct output *o, int stdout_fd, int stderr_fd);
void output_fini(struct output *o);
void output_set_limit(struct output *o, uint64_t bytes);

/* An event came for stdout (0) or stderr (1). */
void output_ready(struct output *o, size_t i);
/* No one is left who could write: an empty pipe is at its end. */
void output_end(struct output *o);
/* Call it after the events of an epoll_wait; reads while h has room. */
void output_pump(struct output *o, struct host *h);
/* A pump would do something without any event. */
bool output_wants_pump(const struct output *o, const struct host *h);
bool output_is_over(const struct output *o);

#endif
