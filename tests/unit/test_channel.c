/*
 * tests/unit/test_channel.c -- messages over a socket pair, common/channel.c.
 *
 * One side is a channel on a real event loop.  The other is the test itself,
 * with a plain socket, so that it can send what no channel would.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/bytes.h"
#include "common/channel.h"
#include "tests/unit/suites.h"

struct fixture {
	struct event_base *base;
	struct channel *ch;
	int peer; /* the test's end */

	/* what the handlers saw */
	unsigned handled, closed;
	uint64_t ids[8];
	char why[256];
	uint8_t first[16];
	size_t first_len;
	int taken_fd;

	/* what they shall do */
	bool take_fd, close_inside, call_it_malformed;
};

static int
on_message(void *arg, struct message *m)
{
	struct fixture *f = arg;

	if (f->handled < nitems(f->ids))
		f->ids[f->handled] = m->id;
	f->handled++;
	f->first_len = m->body.len < sizeof f->first ? m->body.len :
						       sizeof f->first;
	memcpy(f->first, m->body.data, f->first_len);
	if (f->take_fd && m->nfds > 0)
		f->taken_fd = steal_fd(&m->fds[0]);
	if (f->close_inside) {
		channel_close(f->ch);
		f->ch = NULL;
	}
	return f->call_it_malformed ? -1 : 0;
}

static void
on_closed(void *arg, const char *why)
{
	struct fixture *f = arg;

	f->closed++;
	f->ch = NULL;
	snprintf(f->why, sizeof f->why, "%s", why);
}

static const struct channel_rule allowed[] = {
	{ MSG_STATS, on_message },
	{ MSG_PING, on_message },
	{ MSG_LEASE_ASK, on_message },
	{ MSG_LEASE_GRANT, on_message },
	{ MSG_CONFIG, on_message },
};

static const struct channel_rules rules = {
	.rules = allowed,
	.nrules = nitems(allowed),
	.closed = on_closed,
};

static void
open_fixture(struct fixture *f)
{
	int pair[2];

	*f = (struct fixture){ .taken_fd = -1 };
	f->base = event_base_new();
	CU_ASSERT_FATAL(f->base != NULL);
	CU_ASSERT_FATAL(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	f->ch = channel_open(f->base, pair[0], "peer", &rules, f);
	CU_ASSERT_FATAL(f->ch != NULL);
	f->peer = pair[1];
}

/* What can happen now, happens. */
static void
turn(struct fixture *f)
{
	for (unsigned i = 0; i < 4; i++)
		event_base_loop(f->base, EVLOOP_NONBLOCK);
}

static void
close_fixture(struct fixture *f)
{
	channel_close(f->ch);
	turn(f);
	if (f->peer >= 0)
		close(f->peer);
	if (f->taken_fd >= 0)
		close(f->taken_fd);
	event_base_free(f->base);
}

static size_t
put_message(uint8_t *to, unsigned type, unsigned nfds, uint64_t id,
    const void *body, size_t len)
{
	bytes_put_u32(to, (uint32_t)len);
	bytes_put_u16(to + 4, (uint16_t)type);
	bytes_put_u16(to + 6, (uint16_t)nfds);
	bytes_put_u64(to + 8, id);
	if (len > 0)
		memcpy(to + MSG_HEADER_BYTES, body, len);
	return MSG_HEADER_BYTES + len;
}

static void
say(struct fixture *f, const void *bytes, size_t n)
{
	CU_ASSERT_EQUAL(send(f->peer, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void
say_with_fds(
    struct fixture *f, const void *bytes, size_t n, const int *fds, size_t nfds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * 32)];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, n };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(int) * nfds),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	CU_ASSERT_EQUAL(sendmsg(f->peer, &msg, MSG_NOSIGNAL), (ssize_t)n);
}

static unsigned
open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- receiving -------------------------------------------------------- */

static void
channel_finds_a_message_at_every_split(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_LEASE_ASK, 0, 77, "abcdefg", 7);

	for (size_t split = 0; split <= n; split++) {
		struct fixture f;

		open_fixture(&f);
		if (split > 0)
			say(&f, bytes, split);
		turn(&f);
		CU_ASSERT_EQUAL(f.handled, split == n ? 1 : 0);
		if (split < n)
			say(&f, bytes + split, n - split);
		turn(&f);
		CU_ASSERT_EQUAL(f.handled, 1);
		CU_ASSERT_EQUAL(f.ids[0], 77);
		CU_ASSERT_EQUAL(memcmp(f.first, "abcdefg", 7), 0);
		CU_ASSERT_EQUAL(f.closed, 0);
		close_fixture(&f);
	}
}

static void
channel_finds_two_messages_in_one_read(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_LEASE_ASK, 0, 1, "abcdefg", 7);
	struct fixture f;

	n += put_message(bytes + n, MSG_PING, 0, 2, NULL, 0);
	open_fixture(&f);
	say(&f, bytes, n);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 2);
	CU_ASSERT_EQUAL(f.ids[0], 1);
	CU_ASSERT_EQUAL(f.ids[1], 2);
	close_fixture(&f);
}

static void
channel_takes_a_message_larger_than_its_first_buffer(void)
{
	size_t len = 1u << 20;
	auto_free uint8_t *bytes = calloc(1, MSG_HEADER_BYTES + len);
	auto_free uint8_t *body = malloc(len);
	struct fixture f;
	size_t n, sent = 0;

	memset(body, 'x', len);
	n = put_message(bytes, MSG_STATS, 0, 5, body, len);
	open_fixture(&f);
	fcntl(f.peer, F_SETFL, O_NONBLOCK);
	for (unsigned rounds = 0; sent < n && rounds < 1000; rounds++) {
		ssize_t part = send(
		    f.peer, bytes + sent, n - sent, MSG_NOSIGNAL);

		if (part > 0)
			sent += (size_t)part;
		turn(&f);
	}
	CU_ASSERT_EQUAL(f.handled, 1);
	/* And a small one after it, when the room is given back. */
	n = put_message(bytes, MSG_PING, 0, 6, NULL, 0);
	say(&f, bytes, n);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 2);
	CU_ASSERT_EQUAL(f.ids[1], 6);
	close_fixture(&f);
}

/* ---- what ends it ----------------------------------------------------- */

static void
message_ends_the_channel(
    unsigned type, unsigned nfds, size_t len, const char *why)
{
	uint8_t bytes[256] = { 0 }, body[128] = { 0 };
	size_t n = put_message(bytes, type, nfds, 1, body, len > 128 ? 0 : len);
	struct fixture f;

	bytes_put_u32(bytes, (uint32_t)len);
	open_fixture(&f);
	say(&f, bytes, n);
	/* A good one behind it is not handled any more. */
	n = put_message(bytes, MSG_PING, 0, 2, NULL, 0);
	say(&f, bytes, n);
	turn(&f);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 0);
	CU_ASSERT_EQUAL(f.closed, 1);
	if (strstr(f.why, why) == NULL)
		fprintf(stderr, "'%s' does not say '%s'\n", f.why, why);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.why, why));
	close_fixture(&f);
}

static void
channel_ends_at_a_message_that_may_not_be_sent(void)
{
	message_ends_the_channel(60000, 0, 0, "may not send ? (60000)");
	message_ends_the_channel(0, 0, 0, "may not send");
	message_ends_the_channel(MSG_READY, 0, 0, "may not send READY");
}

static void
channel_ends_at_a_message_of_the_wrong_size(void)
{
	message_ends_the_channel(MSG_PING, 0, 1, "PING of 1 bytes");
	message_ends_the_channel(MSG_LEASE_ASK, 0, 6, "LEASE_ASK of 6 bytes");
	message_ends_the_channel(MSG_LEASE_ASK, 0, 8, "LEASE_ASK of 8 bytes");
	message_ends_the_channel(MSG_STATS, 0, MIB + 1, "STATS of 1048577");
	message_ends_the_channel(MSG_STATS, 0, UINT32_MAX, "4294967295 bytes");
}

static void
channel_ends_at_a_message_with_the_wrong_number_of_descriptors(void)
{
	message_ends_the_channel(MSG_PING, 1, 0, "1 descriptors");
	message_ends_the_channel(MSG_LEASE_GRANT, 0, 20, "0 descriptors");
	message_ends_the_channel(MSG_LEASE_GRANT, 13, 20, "13 descriptors");
	message_ends_the_channel(
	    MSG_LEASE_GRANT, 1, 20, "without its descriptors");
}

static void
channel_ends_once_at_what_its_handler_calls_malformed(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_LEASE_ASK, 0, 1, "abcdefg", 7);
	struct fixture f;

	n += put_message(bytes + n, MSG_PING, 0, 2, NULL, 0);
	open_fixture(&f);
	f.call_it_malformed = true;
	say(&f, bytes, n);
	turn(&f);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 1);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_STRING_EQUAL(f.why, "malformed LEASE_ASK of 7 bytes");
	close_fixture(&f);
}

static void
channel_ends_when_its_peer_does(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_PING, 0, 1, NULL, 0);
	struct fixture f;

	open_fixture(&f);
	/* What it said before is still handled. */
	say(&f, bytes, n);
	close(steal_fd(&f.peer));
	turn(&f);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 1);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_STRING_EQUAL(f.why, "closed by the peer");
	close_fixture(&f);
}

static void
channel_closed_by_its_owner_does_not_call_back(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_PING, 0, 1, NULL, 0);
	struct fixture f;
	char byte;

	n += put_message(bytes + n, MSG_PING, 0, 2, NULL, 0);
	open_fixture(&f);
	f.close_inside = true;
	say(&f, bytes, n);
	turn(&f);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 1);
	CU_ASSERT_EQUAL(f.closed, 0);
	CU_ASSERT_EQUAL(recv(f.peer, &byte, 1, MSG_DONTWAIT), 0);
	close_fixture(&f);
	channel_close(NULL);
}

static void
channel_closed_by_its_owner_after_it_failed_does_not_call_back(void)
{
	struct fixture f;
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_PING, 0, 1, NULL, 0);

	open_fixture(&f);
	f.close_inside = true;
	f.call_it_malformed = true; /* closed first, then malformed */
	say(&f, bytes, n);
	turn(&f);
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 0);
	close_fixture(&f);
}

/* ---- descriptors ------------------------------------------------------ */

static void
channel_brings_descriptors(void)
{
	uint8_t bytes[64];
	size_t n = put_message(
	    bytes, MSG_LEASE_GRANT, 2, 1, "12345678901234567890", 20);
	struct fixture f;
	int ends[2], fds[2];
	char byte = 0;

	CU_ASSERT_FATAL(pipe2(ends, O_CLOEXEC) == 0);
	fds[0] = ends[1];
	fds[1] = ends[0];
	open_fixture(&f);
	f.take_fd = true;
	say_with_fds(&f, bytes, n, fds, 2);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 1);
	CU_ASSERT_FATAL(f.taken_fd >= 0);
	CU_ASSERT(fcntl(f.taken_fd, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT_EQUAL(write(f.taken_fd, "x", 1), 1);
	CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
	CU_ASSERT_EQUAL(byte, 'x');
	close(ends[0]);
	close(ends[1]);
	close_fixture(&f);
}

static void
channel_closes_descriptors_that_are_not_taken(void)
{
	uint8_t bytes[64];
	size_t n = put_message(
	    bytes, MSG_LEASE_GRANT, 12, 1, "12345678901234567890", 20);
	struct fixture f;
	unsigned before;
	int fds[12];

	open_fixture(&f);
	before = open_descriptors();
	for (size_t i = 0; i < 12; i++)
		fds[i] = STDERR_FILENO;
	say_with_fds(&f, bytes, n, fds, 12);
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 1);
	CU_ASSERT_EQUAL(open_descriptors(), before);
	/* Of a message that never becomes whole, at the channel's end. */
	say_with_fds(&f, bytes, 3, fds, 12);
	turn(&f);
	CU_ASSERT_EQUAL(open_descriptors(), before + 12);
	close(steal_fd(&f.peer));
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_EQUAL(open_descriptors(), before - 2);
	close_fixture(&f);
}

static void
channel_ends_at_more_descriptors_than_any_message_has(void)
{
	uint8_t bytes[64];
	size_t n = put_message(
	    bytes, MSG_LEASE_GRANT, 12, 1, "12345678901234567890", 20);
	struct fixture f;
	unsigned before;
	int fds[20];

	open_fixture(&f);
	before = open_descriptors();
	for (size_t i = 0; i < nitems(fds); i++)
		fds[i] = STDERR_FILENO;
	say_with_fds(&f, bytes, n, fds, nitems(fds));
	turn(&f);
	CU_ASSERT_EQUAL(f.handled, 0);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_EQUAL(open_descriptors(), before - 1);
	close_fixture(&f);
}

static void
channel_does_not_hoard_descriptors_that_no_message_names(void)
{
	uint8_t bytes[64];
	size_t n = put_message(bytes, MSG_PING, 0, 1, NULL, 0);
	struct fixture f;
	unsigned before;
	int fds[4] = { 2, 2, 2, 2 };

	open_fixture(&f);
	before = open_descriptors();
	for (unsigned i = 0; i < 20 && f.closed == 0; i++) {
		say_with_fds(&f, bytes, n, fds, 4);
		turn(&f);
	}
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT(open_descriptors() < before);
	close_fixture(&f);
}

/* ---- sending ---------------------------------------------------------- */

/* Reads what there is into *m, and counts and closes descriptors. */
static void
hear(struct fixture *f, struct msgbuf *m, size_t most, unsigned *nfds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * 32)];
	} control;
	uint8_t *to = msgbuf_reserve(m, most);
	struct iovec iov = { to, most };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(f->peer, &msg, MSG_DONTWAIT);

	if (n <= 0)
		return;
	m->len += (size_t)n;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c != NULL;
	     c = CMSG_NXTHDR(&msg, c))
		for (size_t i = 0;
		     i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			close(fd);
			(*nfds)++;
		}
}

#define SENT_MESSAGES 200u
#define SENT_BYTES    20000u

/* One in ten has a descriptor, one in seven no body. */
static void
send_many(struct fixture *f)
{
	struct msgbuf body;

	msgbuf_init(&body, SENT_BYTES);
	for (uint32_t i = 0; i < SENT_MESSAGES; i++) {
		int fd = STDERR_FILENO;

		msgbuf_reset(&body);
		while (body.len < SENT_BYTES)
			msgbuf_put_u32(&body, i);
		channel_send_fds(f->ch, MSG_STATS, i, i % 7 ? &body : NULL, &fd,
		    i % 10 == 0);
	}
	msgbuf_fini(&body);
}

static void
check_many(struct msgbuf *m)
{
	for (uint32_t i = 0; i < SENT_MESSAGES; i++) {
		size_t len = msgbuf_get_u32(m);
		bool right = len == (i % 7 ? SENT_BYTES : 0) &&
		    msgbuf_get_u16(m) == MSG_STATS &&
		    msgbuf_get_u16(m) == (i % 10 == 0) &&
		    msgbuf_get_u64(m) == i;

		for (size_t n = 0; right && n < len; n += 4)
			right = msgbuf_get_u32(m) == i;
		CU_ASSERT_TRUE_FATAL(right);
	}
	CU_ASSERT_TRUE(msgbuf_done(m));
}

static void
channel_queue_arrives_whole_under_a_slow_reader(void)
{
	unsigned nfds = 0, before;
	struct fixture f;
	struct msgbuf m;
	size_t len;

	msgbuf_init(&m, 16 * MIB);
	open_fixture(&f);
	before = open_descriptors();
	send_many(&f);
	do {
		len = m.len;
		hear(&f, &m, 7001, &nfds);
		turn(&f);
	} while (m.len > len);
	check_many(&m);
	CU_ASSERT_EQUAL(nfds, SENT_MESSAGES / 10);
	CU_ASSERT_EQUAL(open_descriptors(), before);
	CU_ASSERT_EQUAL(f.closed, 0);
	close_fixture(&f);
	msgbuf_fini(&m);
}

static void
channel_queue_is_freed_with_the_channel(void)
{
	struct fixture f;
	unsigned before = open_descriptors();

	open_fixture(&f);
	send_many(&f);
	close_fixture(&f);
	CU_ASSERT_EQUAL(open_descriptors(), before);
}

static void
channel_that_cannot_send_is_closed_from_the_loop(void)
{
	struct fixture f;

	open_fixture(&f);
	close(steal_fd(&f.peer));
	channel_send(f.ch, MSG_PING, 1, NULL);
	CU_ASSERT_EQUAL(f.closed, 0);
	channel_send(f.ch, MSG_PING, 2, NULL);
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.why, "send PING"));
	close_fixture(&f);
	channel_send(NULL, MSG_PING, 3, NULL);
}

static void
channel_ends_at_a_body_that_is_bad(void)
{
	struct fixture f;
	struct msgbuf body;

	open_fixture(&f);
	msgbuf_init(&body, 1);
	msgbuf_put_u16(&body, 1);
	channel_send(f.ch, MSG_STATS, 1, &body);
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.why, "STATS"));
	msgbuf_fini(&body);
	close_fixture(&f);
}

static void
channel_ends_when_its_queue_is_too_long(void)
{
	struct fixture f;
	struct msgbuf body;
	unsigned n = 0;

	open_fixture(&f);
	msgbuf_init(&body, 128 * MIB);
	/* Not touched, so the pages are never there. */
	CU_ASSERT_FATAL(msgbuf_reserve(&body, 128 * MIB) != NULL);
	body.len = 100 * MIB;
	while ((n + 1) * body.len <= CHANNEL_QUEUE_MAX)
		channel_send(f.ch, MSG_RESULT, n++, &body);
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 0);
	channel_send(f.ch, MSG_RESULT, n, &body);
	turn(&f);
	CU_ASSERT_EQUAL(f.closed, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.why, "wait to be sent"));
	msgbuf_fini(&body);
	close_fixture(&f);
}

void
add_channel_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(channel_finds_a_message_at_every_split),
		TEST_ROW(channel_finds_two_messages_in_one_read),
		TEST_ROW(channel_takes_a_message_larger_than_its_first_buffer),
		TEST_ROW(channel_ends_at_a_message_that_may_not_be_sent),
		TEST_ROW(channel_ends_at_a_message_of_the_wrong_size),
		TEST_ROW(
		    channel_ends_at_a_message_with_the_wrong_number_of_descriptors),
		TEST_ROW(channel_ends_once_at_what_its_handler_calls_malformed),
		TEST_ROW(channel_ends_when_its_peer_does),
		TEST_ROW(channel_closed_by_its_owner_does_not_call_back),
		TEST_ROW(
		    channel_closed_by_its_owner_after_it_failed_does_not_call_back),
		TEST_ROW(channel_brings_descriptors),
		TEST_ROW(channel_closes_descriptors_that_are_not_taken),
		TEST_ROW(channel_ends_at_more_descriptors_than_any_message_has),
		TEST_ROW(
		    channel_does_not_hoard_descriptors_that_no_message_names),
		TEST_ROW(channel_queue_arrives_whole_under_a_slow_reader),
		TEST_ROW(channel_queue_is_freed_with_the_channel),
		TEST_ROW(channel_that_cannot_send_is_closed_from_the_loop),
		TEST_ROW(channel_ends_at_a_body_that_is_bad),
		TEST_ROW(channel_ends_when_its_queue_is_too_long),
	};

	suite_add("channel", tests, nitems(tests));
}
