/*
 * runner/host.h -- the stream to the host: frames in on standard input,
 * frames out on standard output.
 *
 * Frames out wait in one bounded queue.  A program's output is read from its
 * pipe straight into that queue, behind room for the frame's header; when
 * the host does not read, there is no room, and the program's pipes are left
 * alone.  A part of the queue is kept for the runner's own few words, so
 * that EXIT always fits.
 *
 * Runs in: runner serve.  Blocks: never.
 */
#ifndef RUNNER_HOST_H
#define RUNNER_HOST_H

#include "common/err.h"
#include "common/frames.h"

struct host {
	struct frame_reader in;
	struct msgbuf out; /* from pos on it is not sent yet */
};

/* Makes the three standard streams non-blocking. */
int host_init(struct host *h, struct err *e);
void host_fini(struct host *h);

/*
 * Reads once and gives whole frames to the handler.  -1: the host is gone
 * (ERR_GONE), what it said is not a frame, or the handler refused it; a
 * handler that refuses has written *e.
 */
int host_hear(struct host *h, frame_handler *handle, void *arg, struct err *e);
/* Sends what the stream takes.  -1: the host is gone or asked too much. */
int host_flush(struct host *h, struct err *e);

void host_say_hello(struct host *h, const struct hello_frame *hello);
void host_say_ready(struct host *h);
/* FAIL, or TOO_LARGE where the error is of that kind. */
void host_say_fail(struct host *h, const struct err *why);
/* What outlived the program. */
void host_say_dirty(struct host *h, const char *what);
void host_say_exit(struct host *h, const struct exit_frame *exit);

bool host_has_room(const struct host *h);
/*
 * The place for the body of an OUT or ERR frame and how much fits, at most
 * FRAME_OUTPUT_MAX; NULL: the host must read first.  Valid until the next
 * call; host_commit_output makes n bytes there a frame.
 */
uint8_t *host_output_place(struct host *h, size_t *ret_room);
void host_commit_output(struct host *h, enum frame_type type, size_t n);

#endif
