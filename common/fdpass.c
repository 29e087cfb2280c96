#define _GNU_SOURCE
#include "common/fdpass.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int) * MSG_FDS_MAX)];
};

ssize_t
fdpass_send(int fd, struct iovec *iov, size_t niov, const int *fds, size_t nfds)
{
	union control control;
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = niov };

	if (nfds > 0) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof control);
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool
keep(struct fdpass_queue *queue, struct msghdr *msg)
{
	bool kept = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (queue->n == FDPASS_WAITING_MAX) {
				close(fd);
				kept = false;
			} else {
				queue->fd[queue->n++] = fd;
			}
		}
	}
	return kept && !(msg->msg_flags & MSG_CTRUNC);
}

ssize_t
fdpass_receive(
    int fd, void *data, size_t size, struct fdpass_queue *queue, bool *ret_lost)
{
	union control control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n >= 0)
		*ret_lost = !keep(queue, &msg);
	return n;
}

size_t
fdpass_take(struct fdpass_queue *queue, int *ret_fds, size_t n)
{
	memcpy(ret_fds, queue->fd, n * sizeof ret_fds[0]);
	queue->n -= n;
	memmove(queue->fd, queue->fd + n, queue->n * sizeof queue->fd[0]);
	return n;
}

void
fdpass_close(struct fdpass_queue *queue)
{
	for (size_t i = 0; i < queue->n; i++)
		close(queue->fd[i]);
	queue->n = 0;
}
