#include "common/frames.h"

#include <string.h>
#include <sys/types.h>

#include "common/bytes.h"

size_t
frame_begin(struct msgbuf *m, enum frame_type type)
{
	size_t place = m->len;

	msgbuf_put_u32(m, 0);
	msgbuf_put_u8(m, (uint8_t)type);
	return place;
}

void
frame_end(struct msgbuf *m, size_t place)
{
	msgbuf_set_u32(
	    m, place, (uint32_t)(m->len - place - FRAME_HEADER_BYTES));
}

void
hello_frame_put(struct msgbuf *m, const struct hello_frame *hello)
{
	msgbuf_put_u32(m, hello->version);
	msgbuf_put_u8(m, hello->walled);
	msgbuf_put_str(m, hello->why_not);
}

int
hello_frame_get(struct msgbuf *m, struct hello_frame *ret_hello)
{
	struct hello_frame hello;
	uint8_t walled;

	hello.version = msgbuf_get_u32(m);
	walled = msgbuf_get_u8(m);
	msgbuf_get_str(m, hello.why_not, sizeof hello.why_not);
	if (!msgbuf_done(m) || walled > 1 || hello.version != FRAMES_VERSION)
		return -1;
	hello.walled = walled;
	*ret_hello = hello;
	return 0;
}

void
run_frame_put(struct msgbuf *m, const struct run_frame *run)
{
	msgbuf_put_u32(m, run->cpu_s);
	msgbuf_put_u32(m, run->file_mb);
	msgbuf_put_u32(m, run->open_files);
	msgbuf_put_u64(m, run->output_bytes);
}

int
run_frame_get(struct msgbuf *m, struct run_frame *ret_run)
{
	struct run_frame run;

	run.cpu_s = msgbuf_get_u32(m);
	run.file_mb = msgbuf_get_u32(m);
	run.open_files = msgbuf_get_u32(m);
	run.output_bytes = msgbuf_get_u64(m);
	if (m->bad)
		return -1;
	*ret_run = run;
	return 0;
}

void
exit_frame_put(struct msgbuf *m, const struct exit_frame *exit)
{
	msgbuf_put_u8(m, (uint8_t)exit->how);
	msgbuf_put_u32(m, exit->value);
	msgbuf_put_u8(m, (uint8_t)exit->cause);
	msgbuf_put_u8(m, exit->cut);
	msgbuf_put_u64(m, exit->wall_us);
	msgbuf_put_u64(m, exit->cpu_us);
	msgbuf_put_u64(m, exit->memory_kb);
}

int
exit_frame_get(struct msgbuf *m, struct exit_frame *ret_exit)
{
	struct exit_frame exit;

	exit.how = msgbuf_get_u8(m);
	exit.value = msgbuf_get_u32(m);
	exit.cause = msgbuf_get_u8(m);
	exit.cut = msgbuf_get_u8(m);
	exit.wall_us = msgbuf_get_u64(m);
	exit.cpu_us = msgbuf_get_u64(m);
	exit.memory_kb = msgbuf_get_u64(m);
	if (!msgbuf_done(m) || exit.how > EXIT_SIGNALLED ||
	    exit.cause >= EXIT_NCAUSES || exit.value > 255 ||
	    exit.cut > (FRAME_CUT_STDOUT | FRAME_CUT_STDERR))
		return -1;
	*ret_exit = exit;
	return 0;
}

void
frame_reader_init(struct frame_reader *r, size_t body_max)
{
	msgbuf_init(&r->partial, FRAME_HEADER_BYTES + body_max);
	r->body_max = body_max;
}

void
frame_reader_fini(struct frame_reader *r)
{
	msgbuf_fini(&r->partial);
}

bool
frame_reader_is_empty(const struct frame_reader *r)
{
	return r->partial.len == 0;
}

/* Size of the frame that starts here; 0: too few bytes to say; -1: too big. */
static ssize_t
frame_size(const struct frame_reader *r, const uint8_t *data, size_t n)
{
	size_t body;

	if (n < FRAME_HEADER_BYTES)
		return 0;
	body = bytes_get_u32(data);
	return body > r->body_max ? -1 : (ssize_t)(FRAME_HEADER_BYTES + body);
}

static int
give_frame(const uint8_t *frame, size_t size, frame_handler *handle, void *arg)
{
	struct msgbuf body;

	msgbuf_view(
	    &body, frame + FRAME_HEADER_BYTES, size - FRAME_HEADER_BYTES);
	return handle(arg, frame[4], &body);
}

/* Moves bytes into the partial frame until it is whole; returns how many. */
static ssize_t
fill_partial(struct frame_reader *r, const uint8_t *data, size_t n)
{
	size_t used = 0;

	while (used < n) {
		ssize_t size = frame_size(r, r->partial.data, r->partial.len);
		size_t want = size == 0 ? FRAME_HEADER_BYTES : (size_t)size;
		size_t more = want - r->partial.len;

		if (size < 0)
			return -1;
		if (more == 0)
			break;
		if (more > n - used)
			more = n - used;
		msgbuf_put_raw(&r->partial, data + used, more);
		if (r->partial.bad)
			return -1;
		used += more;
	}
	return (ssize_t)used;
}

static int
feed_partial(struct frame_reader *r, const uint8_t *data, size_t n,
    size_t *ret_used, frame_handler *handle, void *arg)
{
	ssize_t used = fill_partial(r, data, n);
	ssize_t size;
	int result;

	if (used < 0)
		return -1;
	*ret_used = (size_t)used;
	size = frame_size(r, r->partial.data, r->partial.len);
	if (size < 0)
		return -1;
	if (size == 0 || (size_t)size > r->partial.len)
		return 0;
	result = give_frame(r->partial.data, (size_t)size, handle, arg);
	msgbuf_fini(&r->partial);
	msgbuf_init(&r->partial, FRAME_HEADER_BYTES + r->body_max);
	return result;
}

int
frame_reader_feed(struct frame_reader *r, const void *bytes, size_t n,
    frame_handler *handle, void *arg)
{
	const uint8_t *data = bytes;

	while (n > 0) {
		size_t used = n;
		ssize_t size = -1;

		if (r->partial.len == 0)
			size = frame_size(r, data, n);
		if (r->partial.len == 0 && size < 0)
			return -1;
		if (size > 0 && (size_t)size <= n) {
			used = (size_t)size;
			if (give_frame(data, used, handle, arg) < 0)
				return -1;
		} else if (feed_partial(r, data, n, &used, handle, arg) < 0) {
			return -1;
		}
		data += used;
		n -= used;
	}
	return 0;
}

int
demux_feed(struct demux *d, const uint8_t *data, size_t n,
    demux_handler *handle, void *arg)
{
	while (n > 0) {
		size_t take;

		if (d->left == 0) {
			d->header[d->have++] = *data++;
			n--;
			if (d->have < sizeof d->header)
				continue;
			d->have = 0;
			d->left = bytes_get_be32(d->header + 4);
			if (d->header[0] != 1 && d->header[0] != 2)
				return -1;
			continue;
		}
		take = n < d->left ? n : d->left;
		if (handle(arg, d->header[0], data, take) < 0)
			return -1;
		d->left -= (uint32_t)take;
		data += take;
		n -= take;
	}
	return 0;
}

bool
demux_is_empty(const struct demux *d)
{
	return d->have == 0 && d->left == 0;
}
