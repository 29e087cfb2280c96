/*
 * common/fdpass.h -- bytes and descriptors over a Unix socket (SCM_RIGHTS).
 *
 * The kernel keeps descriptors at the byte with which they were sent, but a
 * reader gets them in lumps; so they wait in a queue until the message that
 * they belong to is whole.
 */
#ifndef COMMON_FDPASS_H
#define COMMON_FDPASS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "common/messages.h"

/* Descriptors of messages that have not been handled yet; owned. */
#define FDPASS_WAITING_MAX (4 * MSG_FDS_MAX)

struct fdpass_queue {
	int fd[FDPASS_WAITING_MAX];
	size_t n;
};

/* Like sendmsg, without blocking or SIGPIPE.  fds leave with the first byte. */
ssize_t fdpass_send(
    int fd, struct iovec *iov, size_t niov, const int *fds, size_t nfds);

/*
 * Like recv, without blocking; what came with the bytes joins the queue.
 * *ret_lost: more came than may wait, and was closed.
 */
ssize_t fdpass_receive(int fd, void *data, size_t size,
    struct fdpass_queue *queue, bool *ret_lost);

/* Moves the oldest n to the caller; gives n.  There must be as many. */
size_t fdpass_take(struct fdpass_queue *queue, int *ret_fds, size_t n);
void fdpass_close(struct fdpass_queue *queue);

#endif
