#define _GNU_SOURCE
#include "common/channel.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/bytes.h"
#include "common/fdpass.h"
#include "common/log.h"

#define READ_BYTES 65536u

/* A message, or the rest of one, that the socket did not take at once. */
struct outgoing {
	STAILQ_ENTRY(outgoing) link;
	size_t sent, len;
	int fds[MSG_FDS_MAX]; /* ours; leave with the first byte */
	size_t nfds;
	uint8_t bytes[];
};

struct channel {
	int fd;
	char peer[32];
	const struct channel_rules *rules;
	void *arg;

	struct event *readable, *writable, *ending;
	bool dead;   /* nothing more is sent or handled */
	bool silent; /* closed by its owner: no callback */
	char why[256];

	uint8_t *in;
	size_t in_len, in_cap;
	struct fdpass_queue in_fds;

	STAILQ_HEAD(outgoing_list, outgoing) out;
	size_t out_bytes;
};

static void
outgoing_free(struct outgoing *o)
{
	for (size_t i = 0; i < o->nfds; i++)
		close(o->fds[i]);
	free(o);
}

static void
channel_free(struct channel *ch)
{
	struct outgoing *o;

	while ((o = STAILQ_FIRST(&ch->out)) != NULL) {
		STAILQ_REMOVE_HEAD(&ch->out, link);
		outgoing_free(o);
	}
	fdpass_close(&ch->in_fds);
	if (ch->readable != NULL)
		event_free(ch->readable);
	if (ch->writable != NULL)
		event_free(ch->writable);
	if (ch->ending != NULL)
		event_free(ch->ending);
	if (ch->fd >= 0)
		close(ch->fd);
	free(ch->in);
	free(ch);
}

/* Ends the channel as soon as the loop comes round. */
static void
end_later(struct channel *ch)
{
	ch->dead = true;
	event_del(ch->readable);
	event_del(ch->writable);
	event_active(ch->ending, EV_TIMEOUT, 1);
}

static void __attribute__((format(printf, 2, 3)))
fail(struct channel *ch, const char *format, ...)
{
	va_list ap;

	if (ch->dead)
		return;
	va_start(ap, format);
	vsnprintf(ch->why, sizeof ch->why, format, ap);
	va_end(ap);
	log_debug("channel to %s ends: %s", ch->peer, ch->why);
	end_later(ch);
}

static void
on_ending(evutil_socket_t fd, short what, void *arg)
{
	struct channel *ch = arg;

	(void)fd, (void)what;
	if (!ch->silent && ch->rules->closed != NULL)
		ch->rules->closed(ch->arg, ch->why);
	channel_free(ch);
}

void
channel_close(struct channel *ch)
{
	if (ch == NULL)
		return;
	ch->silent = true;
	if (!ch->dead)
		end_later(ch);
}

/* ---- sending ---------------------------------------------------------- */

static bool
is_again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Copies what was not sent; its descriptors only if no byte has gone. */
static void
queue_rest(struct channel *ch, const struct iovec *iov, size_t niov,
    size_t sent, const int *fds, size_t nfds)
{
	struct outgoing *o;
	size_t total = 0, skip = sent;

	for (size_t i = 0; i < niov; i++)
		total += iov[i].iov_len;
	if (ch->out_bytes + total - sent > CHANNEL_QUEUE_MAX ||
	    (o = malloc(sizeof *o + total - sent)) == NULL) {
		fail(ch, "%zu bytes wait to be sent, no room for more",
		    ch->out_bytes);
		return;
	}
	o->sent = o->len = o->nfds = 0;
	for (size_t i = 0; i < niov; i++) {
		size_t n = iov[i].iov_len > skip ? iov[i].iov_len - skip : 0;

		if (n > 0)
			memcpy(o->bytes + o->len,
			    (uint8_t *)iov[i].iov_base + (iov[i].iov_len - n),
			    n);
		o->len += n;
		skip -= iov[i].iov_len - n;
	}
	STAILQ_INSERT_TAIL(&ch->out, o, link);
	ch->out_bytes += o->len;
	for (size_t i = 0; sent == 0 && i < nfds; i++) {
		o->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (o->fds[i] < 0) {
			fail(ch, "cannot keep a descriptor to send: %s",
			    strerror(errno));
			return;
		}
		o->nfds++;
	}
	event_add(ch->writable, NULL);
}

void
channel_send_fds(struct channel *ch, enum msg_type type, uint64_t id,
    const struct msgbuf *body, const int *fds, size_t nfds)
{
	size_t len = body ? body->len : 0;
	uint8_t header[MSG_HEADER_BYTES];
	struct iovec iov[2] = {
		{ .iov_base = header, .iov_len = sizeof header },
		{ .iov_base = body ? body->data : NULL, .iov_len = len },
	};
	ssize_t sent = 0;

	if (ch == NULL || ch->dead)
		return;
	if (body != NULL && body->bad) {
		fail(ch, "no memory for a %s", msg_name(type));
		return;
	}
	bytes_put_u32(header, (uint32_t)len);
	bytes_put_u16(header + 4, (uint16_t)type);
	bytes_put_u16(header + 6, (uint16_t)nfds);
	bytes_put_u64(header + 8, id);
	if (STAILQ_EMPTY(&ch->out)) {
		sent = fdpass_send(ch->fd, iov, len ? 2 : 1, fds, nfds);
		if (sent < 0 && !is_again(errno)) {
			fail(
			    ch, "send %s: %s", msg_name(type), strerror(errno));
			return;
		}
		if (sent < 0)
			sent = 0;
	}
	if ((size_t)sent < sizeof header + len)
		queue_rest(ch, iov, 2, (size_t)sent, fds, nfds);
}

void
channel_send(struct channel *ch, enum msg_type type, uint64_t id,
    const struct msgbuf *body)
{
	channel_send_fds(ch, type, id, body, NULL, 0);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *ch = arg;
	struct outgoing *o;

	(void)what;
	while ((o = STAILQ_FIRST(&ch->out)) != NULL) {
		struct iovec iov = {
			.iov_base = o->bytes + o->sent,
			.iov_len = o->len - o->sent,
		};
		ssize_t n = fdpass_send(
		    fd, &iov, 1, o->fds, o->sent == 0 ? o->nfds : 0);

		if (n < 0) {
			if (!is_again(errno))
				fail(ch, "send: %s", strerror(errno));
			return;
		}
		o->sent += (size_t)n;
		ch->out_bytes -= (size_t)n;
		if (o->sent < o->len)
			return;
		STAILQ_REMOVE_HEAD(&ch->out, link);
		outgoing_free(o);
	}
	event_del(ch->writable);
}

/* ---- receiving -------------------------------------------------------- */

static const struct channel_rule *
find_rule(const struct channel *ch, unsigned type)
{
	for (size_t i = 0; i < ch->rules->nrules; i++)
		if (ch->rules->rules[i].type == type)
			return &ch->rules->rules[i];
	return NULL;
}

static void
handle_message(struct channel *ch, const struct channel_rule *rule,
    const uint8_t *frame, size_t len, size_t nfds)
{
	struct message m = {
		.type = rule->type,
		.id = bytes_get_u64(frame + 8),
	};

	msgbuf_view(&m.body, frame + MSG_HEADER_BYTES, len);
	m.nfds = fdpass_take(&ch->in_fds, m.fds, nfds);
	if (rule->handle(ch->arg, &m) < 0)
		fail(
		    ch, "malformed %s of %zu bytes", msg_name(rule->type), len);
	for (size_t i = 0; i < m.nfds; i++)
		if (m.fds[i] >= 0)
			close(m.fds[i]);
}

/*
 * Handles the message at the front of `have` bytes.  Returns its size, 0 when
 * it is not whole yet; *ret_need is then the size it will have.
 */
static size_t
handle_front(
    struct channel *ch, const uint8_t *frame, size_t have, size_t *ret_need)
{
	const struct channel_rule *rule;
	const struct msg_info *info;
	size_t len, nfds;
	unsigned type;

	*ret_need = MSG_HEADER_BYTES;
	if (have < MSG_HEADER_BYTES)
		return 0;
	len = bytes_get_u32(frame);
	type = bytes_get_u16(frame + 4);
	nfds = bytes_get_u16(frame + 6);
	rule = find_rule(ch, type);
	info = msg_info(type);
	if (rule == NULL || info == NULL) {
		fail(ch, "may not send %s (%u)", msg_name(type), type);
		return 0;
	}
	if (len < info->min || len > info->max || nfds < info->fds_min ||
	    nfds > info->fds_max) {
		fail(ch, "%s of %zu bytes and %zu descriptors", info->name, len,
		    nfds);
		return 0;
	}
	*ret_need = MSG_HEADER_BYTES + len;
	if (have < *ret_need)
		return 0;
	if (ch->in_fds.n < nfds) {
		fail(ch, "%s without its descriptors", info->name);
		return 0;
	}
	handle_message(ch, rule, frame, len, nfds);
	return *ret_need;
}

static bool
make_room(struct channel *ch, size_t need)
{
	size_t cap = ch->in_cap ? ch->in_cap : READ_BYTES;
	uint8_t *in;

	while (cap < need)
		cap *= 2;
	/* A large message is rare; do not keep its room for ever. */
	if (cap > READ_BYTES && need <= READ_BYTES && ch->in_len <= READ_BYTES)
		cap = READ_BYTES;
	if (cap == ch->in_cap)
		return true;
	in = realloc(ch->in, cap);
	if (in == NULL) {
		fail(ch, "no memory for a message of %zu bytes", need);
		return false;
	}
	ch->in = in;
	ch->in_cap = cap;
	return true;
}

static void
handle_all(struct channel *ch)
{
	size_t used = 0, need, n;

	do {
		n = handle_front(ch, ch->in + used, ch->in_len - used, &need);
		used += n;
	} while (n > 0 && !ch->dead);
	if (ch->dead)
		return;
	ch->in_len -= used;
	if (ch->in_len == 0 && ch->in_fds.n > 0) {
		fail(ch, "sent descriptors without a message");
		return;
	}
	memmove(ch->in, ch->in + used, ch->in_len);
	make_room(ch, need > READ_BYTES ? need : READ_BYTES);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *ch = arg;
	bool lost = false;
	ssize_t n = fdpass_receive(fd, ch->in + ch->in_len,
	    ch->in_cap - ch->in_len, &ch->in_fds, &lost);

	(void)what;
	if (n < 0) {
		if (!is_again(errno))
			fail(ch, "receive: %s", strerror(errno));
		return;
	}
	if (lost) {
		fail(ch,
		    "more descriptors than may wait, or than this process may "
		    "have");
		return;
	}
	if (n == 0) {
		fail(ch, "closed by the peer");
		return;
	}
	ch->in_len += (size_t)n;
	handle_all(ch);
}

/* ---- life ------------------------------------------------------------- */

struct channel *
channel_open(struct event_base *base, int fd, const char *peer,
    const struct channel_rules *rules, void *arg)
{
	struct channel *ch = calloc(1, sizeof *ch);

	if (ch == NULL) {
		close(fd);
		return NULL;
	}
	STAILQ_INIT(&ch->out);
	ch->fd = fd;
	ch->rules = rules;
	ch->arg = arg;
	snprintf(ch->peer, sizeof ch->peer, "%s", peer);
	evutil_make_socket_nonblocking(fd);
	ch->in = malloc(READ_BYTES);
	ch->in_cap = READ_BYTES;
	ch->readable = event_new(
	    base, fd, EV_READ | EV_PERSIST, on_readable, ch);
	ch->writable = event_new(
	    base, fd, EV_WRITE | EV_PERSIST, on_writable, ch);
	ch->ending = event_new(base, -1, 0, on_ending, ch);
	if (ch->in == NULL || ch->readable == NULL || ch->writable == NULL ||
	    ch->ending == NULL || event_add(ch->readable, NULL) < 0) {
		channel_free(ch);
		return NULL;
	}
	return ch;
}
