/*
 * worker/stream.c -- the exec stream of one run: frames out, frames in.
 *
 * Everything that comes in is hostile: it may come from a runner that the
 * program took over.  What does not fit the protocol ends the lease, and the
 * limits on output are counted here once more.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/words.h"
#include "worker/worker.h"

static int
on_output(struct run *r, enum run_stream stream, struct msgbuf *body)
{
	uint64_t limit = r->order.limits.output_kb * (uint64_t)KIB;
	uint64_t have = r->output.total[stream - 1];
	size_t n = body->len;

	if (n > limit - have)
		n = (size_t)(limit - have);
	if (output_log_add(&r->output, stream, body->data, n) < 0) {
		run_refuse(r, REFUSED_INTERNAL, 1, "no memory for its output");
		return 0;
	}
	if (n < body->len)
		run_on_output_limit(r, stream);
	return 0;
}

static int
on_frame(void *arg, unsigned type, struct msgbuf *body)
{
	struct run *r = arg;
	struct exit_frame exit;
	char why[256];

	if (r->stage == STAGE_ENDED)
		return 0;
	if (r->stage == STAGE_RECYCLING)
		return recycle_on_frame(r, type, body);
	switch (type) {
	case FRAME_OUT:
		return on_output(r, RUN_STDOUT, body);
	case FRAME_ERR:
		return on_output(r, RUN_STDERR, body);
	case FRAME_EXIT:
		if (exit_frame_get(body, &exit) < 0)
			return -1;
		run_on_exit(r, &exit);
		return 0;
	case FRAME_FAIL:
	case FRAME_TOO_LARGE:
		msgbuf_get_str(body, why, sizeof why);
		if (!msgbuf_done(body))
			return -1;
		words_make_printable(why);
		run_on_fail(r,
		    type == FRAME_FAIL ? REFUSED_RUNNER : REFUSED_TOO_LARGE,
		    why);
		return 0;
	default:
		return -1;
	}
}

static int
on_stream_part(void *arg, unsigned stream, const uint8_t *data, size_t n)
{
	struct run *r = arg;
	char subject[32];

	if (stream == 1)
		return frame_reader_feed(&r->reader, data, n, on_frame, r);
	snprintf(subject, sizeof subject, "run=" RUN_ID_FORMAT, r->id);
	words_log(subject, data, n);
	/* It may be the last that is heard of it. */
	run_note_memory(r);
	return 0;
}

static void
on_lost(struct run *r, const char *why)
{
	if (r->stage == STAGE_RECYCLING)
		recycle_fail(r, VERDICT_BROKEN, why);
	else
		run_on_stream_lost(r, why);
}

void
stream_read(struct run *r)
{
	uint8_t *data = r->worker->read_buffer;
	ssize_t n = recv(
	    r->lease.stream_fd, data, WORKER_READ_BYTES, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		on_lost(r, strerror(errno));
	else if (n == 0)
		on_lost(r, "the stream was closed");
	else if (demux_feed(&r->demux, data, (size_t)n, on_stream_part, r) <
		0 &&
	    r->stage != STAGE_ENDED)
		on_lost(r, "what it said is not understood");
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	stream_read(arg);
}

void
stream_send(struct run *r)
{
	while (r->out_sent < r->out.len) {
		ssize_t n = send(r->lease.stream_fd, r->out.data + r->out_sent,
		    r->out.len - r->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			event_add(r->writable, NULL);
			return;
		}
		if (n < 0) {
			/* The reading side says what became of it. */
			r->out_sent = r->out.len;
			return;
		}
		r->out_sent += (size_t)n;
	}
	msgbuf_fini(&r->out);
	msgbuf_init(&r->out, FRAME_HEADER_BYTES + FRAME_TO_RUNNER_MAX);
	r->out_sent = 0;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	stream_send(arg);
}

int
stream_open(struct run *r)
{
	struct event_base *base = r->worker->child.base;
	int fd = r->lease.stream_fd;

	frame_reader_init(&r->reader, FRAME_FROM_RUNNER_MAX);
	/* Five bytes of header for each piece, and a piece is at least one. */
	output_log_init(
	    &r->output, 64 + 2 * (size_t)KIB * 6 * r->order.limits.output_kb);
	msgbuf_init(&r->out, FRAME_HEADER_BYTES + FRAME_TO_RUNNER_MAX);
	r->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, r);
	r->writable = event_new(base, fd, EV_WRITE, on_writable, r);
	if (r->readable == NULL || r->writable == NULL)
		return -1;
	return event_add(r->readable, NULL);
}

void
stream_quieten(struct run *r)
{
	event_free(r->writable);
	r->writable = NULL;
	output_log_fini(&r->output);
	msgbuf_fini(&r->out);
}

void
stream_close(struct run *r)
{
	if (r->readable != NULL)
		event_free(r->readable);
	if (r->writable != NULL)
		event_free(r->writable);
	r->readable = r->writable = NULL;
	frame_reader_fini(&r->reader);
	output_log_fini(&r->output);
	msgbuf_fini(&r->out);
}
