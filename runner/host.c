#define _GNU_SOURCE
#include "runner/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/bytes.h"

#define QUEUE_MAX (2 * FRAME_OUTPUT_MAX) /* bytes waiting for the host */
#define OWN_WORDS 1024  /* of them for everything but OUT and ERR */
#define ROOM_MIN  16384 /* below it, waiting beats many small frames */
#define HEAR_MAX  65536 /* a pipe holds no more */

static int
set_nonblocking(int fd, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_errno(e, "standard stream %d", fd);
	return 0;
}

int
host_init(struct host *h, struct err *e)
{
	frame_reader_init(&h->in, FRAME_TO_RUNNER_MAX);
	msgbuf_init(&h->out, QUEUE_MAX);
	/* All of it now: later only the host itself can overfill it. */
	if (msgbuf_reserve(&h->out, QUEUE_MAX) == NULL)
		return err_set(e, ERR_MEMORY, "no memory for the queue");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (set_nonblocking(fd, e) < 0)
			return -1;
	return 0;
}

void
host_fini(struct host *h)
{
	frame_reader_fini(&h->in);
	msgbuf_fini(&h->out);
}

int
host_hear(struct host *h, frame_handler *handle, void *arg, struct err *e)
{
	uint8_t heard[HEAR_MAX];
	ssize_t n = read(STDIN_FILENO, heard, sizeof heard);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return err_errno(e, "cannot read from the host");
	if (n == 0)
		return err_set(e, ERR_GONE, "the host closed the stream");

	e->code = ERR_NONE;
	if (frame_reader_feed(&h->in, heard, (size_t)n, handle, arg) == 0)
		return 0;
	if (e->code == ERR_NONE)
		err_set(e, ERR_INVALID,
		    "malformed frame: too large, or no memory for it");
	return -1;
}

int
host_flush(struct host *h, struct err *e)
{
	if (h->out.bad)
		return err_set(e, ERR_TOO_LARGE,
		    "the host asks, but does not read the answers");
	while (h->out.pos < h->out.len) {
		ssize_t n = write(STDOUT_FILENO, h->out.data + h->out.pos,
		    h->out.len - h->out.pos);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0)
			return err_set(e, ERR_GONE, "the host does not listen");
		h->out.pos += (size_t)n;
	}
	msgbuf_reset(&h->out);
	return 0;
}

/* Moves what is not sent yet to the front, so that all room is behind it. */
static void
close_ranks(struct host *h)
{
	if (h->out.pos == 0)
		return;
	h->out.len -= h->out.pos;
	memmove(h->out.data, h->out.data + h->out.pos, h->out.len);
	h->out.pos = 0;
}

static size_t
say_begin(struct host *h, enum frame_type type)
{
	close_ranks(h);
	return frame_begin(&h->out, type);
}

void
host_say_hello(struct host *h, const struct hello_frame *hello)
{
	size_t place = say_begin(h, FRAME_HELLO);

	hello_frame_put(&h->out, hello);
	frame_end(&h->out, place);
}

void
host_say_ready(struct host *h)
{
	frame_end(&h->out, say_begin(h, FRAME_READY));
}

void
host_say_fail(struct host *h, const struct err *why)
{
	size_t place = say_begin(
	    h, why->code == ERR_TOO_LARGE ? FRAME_TOO_LARGE : FRAME_FAIL);

	msgbuf_put_str(&h->out, why->text);
	frame_end(&h->out, place);
}

void
host_say_dirty(struct host *h, const char *what)
{
	size_t place = say_begin(h, FRAME_DIRTY);

	msgbuf_put_str(&h->out, what);
	frame_end(&h->out, place);
}

void
host_say_exit(struct host *h, const struct exit_frame *exit)
{
	size_t place = say_begin(h, FRAME_EXIT);

	exit_frame_put(&h->out, exit);
	frame_end(&h->out, place);
}

static size_t
output_room(const struct host *h)
{
	size_t taken = msgbuf_left(&h->out) + OWN_WORDS + FRAME_HEADER_BYTES;
	size_t room = taken < QUEUE_MAX ? QUEUE_MAX - taken : 0;

	return room < FRAME_OUTPUT_MAX ? room : FRAME_OUTPUT_MAX;
}

bool
host_has_room(const struct host *h)
{
	return !h->out.bad && output_room(h) >= ROOM_MIN;
}

uint8_t *
host_output_place(struct host *h, size_t *ret_room)
{
	uint8_t *frame;

	if (!host_has_room(h))
		return NULL;
	close_ranks(h);
	frame = msgbuf_reserve(&h->out, FRAME_HEADER_BYTES + output_room(h));
	if (frame == NULL)
		return NULL;
	*ret_room = output_room(h);
	return frame + FRAME_HEADER_BYTES;
}

void
host_commit_output(struct host *h, enum frame_type type, size_t n)
{
	uint8_t *frame = h->out.data + h->out.len;

	bytes_put_u32(frame, (uint32_t)n);
	frame[4] = (uint8_t)type;
	h->out.len += FRAME_HEADER_BYTES + n;
}
