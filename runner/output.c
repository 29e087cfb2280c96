#define _GNU_SOURCE
#include "runner/output.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/auto.h"

void
output_init(struct output *o, int stdout_fd, int stderr_fd)
{
	*o = (struct output) {
		.streams = {
			{
				.fd = stdout_fd,
				.type = FRAME_OUT,
				.cut_flag = FRAME_CUT_STDOUT,
			},
			{
				.fd = stderr_fd,
				.type = FRAME_ERR,
				.cut_flag = FRAME_CUT_STDERR,
			},
		},
	};
}

void
output_fini(struct output *o)
{
	for (size_t i = 0; i < nitems(o->streams); i++) {
		if (o->streams[i].fd >= 0)
			close(o->streams[i].fd);
		o->streams[i] = (struct stream){ .fd = -1, .over = true };
	}
	o->nqueued = 0;
}

void
output_set_limit(struct output *o, uint64_t bytes)
{
	for (size_t i = 0; i < nitems(o->streams); i++)
		o->streams[i].left = bytes;
}

void
output_ready(struct output *o, size_t i)
{
	struct stream *st = &o->streams[i];

	st->more = false;
	if (st->over || st->queued)
		return;
	st->queued = true;
	o->queue[o->nqueued++] = st;
}

void
output_end(struct output *o)
{
	o->ending = true;
	for (size_t i = 0; i < nitems(o->streams); i++)
		o->streams[i].more = !o->streams[i].over;
}

bool
output_is_over(const struct output *o)
{
	return o->streams[0].over && o->streams[1].over;
}

bool
output_wants_pump(const struct output *o, const struct host *h)
{
	return o->streams[0].more || o->streams[1].more ||
	    (o->nqueued > 0 && host_has_room(h));
}

/*
 * A short read is no proof that the pipe is empty: a program can make it one
 * of packets (O_DIRECT), which are read one by one.
 */
static bool
has_more(const struct stream *st)
{
	int n;

	return ioctl(st->fd, FIONREAD, &n) == 0 && n > 0;
}

/* n bytes of st lie in h's place; sends those that it may send. */
static void
send_bytes(struct output *o, struct stream *st, struct host *h, size_t n)
{
	if (n > st->left) {
		n = (size_t)st->left;
		st->over = true;
		o->cut |= st->cut_flag;
	}
	st->left -= n;
	st->more = !st->over && (o->ending || has_more(st));
	if (n > 0)
		host_commit_output(h, st->type, n);
}

/* One read.  False: the host must read first. */
static bool
read_stream(struct output *o, struct stream *st, struct host *h)
{
	size_t want;
	uint8_t *place = host_output_place(h, &want);
	ssize_t n;

	if (place == NULL)
		return false;
	/* One byte above the limit tells "just full" from "too much". */
	if (st->left < want)
		want = (size_t)st->left + 1;
	n = read(st->fd, place, want);
	if (n > 0)
		send_bytes(o, st, h, (size_t)n);
	else if (n < 0 && errno == EINTR)
		st->more = true;
	else if (n == 0 || errno != EAGAIN || o->ending)
		st->over = true;
	return true;
}

void
output_pump(struct output *o, struct host *h)
{
	for (size_t i = 0; i < nitems(o->streams); i++)
		if (o->streams[i].more)
			output_ready(o, i);
	while (o->nqueued > 0 && read_stream(o, o->queue[0], h)) {
		o->queue[0]->queued = false;
		o->queue[0] = o->queue[1];
		o->nqueued--;
	}
}
