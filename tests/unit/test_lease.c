/*
 * tests/unit/test_lease.c -- LEASE_GRANT over a socket pair, common/lease.c.
 */
#define _GNU_SOURCE
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/lease.h"
#include "tests/unit/suites.h"

static const uint8_t payload[] = { 7, 0, 0, 0, 0x39, 5, 0, 0, 1, 1, 1, 5, 0, 4,
	0 };
#define PAYLOAD_FLAGS 8 /* thawed, walled, used */
#define PAYLOAD_MASK  11
#define PAYLOAD_FDS   3 /* the stream, files 0 and 2 */

static void
make_message(struct message *m, const void *bytes, size_t n, size_t nfds)
{
	*m = (struct message){ .type = MSG_LEASE_GRANT, .nfds = nfds };
	msgbuf_view(&m->body, bytes, n);
	for (size_t i = 0; i < nfds; i++)
		m->fds[i] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
}

static void
close_message(struct message *m)
{
	for (size_t i = 0; i < m->nfds; i++)
		if (m->fds[i] >= 0)
			close(m->fds[i]);
}

static int
receive(const void *bytes, size_t n, size_t nfds, struct lease *ret)
{
	struct message m;
	int result;

	make_message(&m, bytes, n, nfds);
	result = lease_receive(&m, ret);
	close_message(&m);
	return result;
}

static void
lease_receive_takes_what_the_payload_says(void)
{
	struct lease lease;

	CU_ASSERT_EQUAL(
	    receive(payload, sizeof payload, PAYLOAD_FDS, &lease), 0);
	CU_ASSERT_EQUAL(lease.container, 7);
	CU_ASSERT_EQUAL(lease.runner_pid, 1337);
	CU_ASSERT_TRUE(lease.thawed);
	CU_ASSERT_TRUE(lease.walled);
	CU_ASSERT_TRUE(lease.used);
	CU_ASSERT(lease.stream_fd >= 0);
	CU_ASSERT(lease.cgroup.fd[0] >= 0);
	CU_ASSERT_EQUAL(lease.cgroup.fd[1], -1);
	CU_ASSERT(lease.cgroup.fd[2] >= 0);
	CU_ASSERT_EQUAL(lease.cgroup.v2, 4);
	lease_close(&lease);
	CU_ASSERT_EQUAL(lease.stream_fd, -1);
	CU_ASSERT_EQUAL(lease.cgroup.fd[0], -1);
	lease_close(&lease);
}

static void
lease_receive_refuses_truncation_and_trailing_bytes(void)
{
	struct lease lease = { .container = 99 };
	uint8_t longer[sizeof payload + 1] = { 0 };

	for (size_t n = 0; n < sizeof payload; n++)
		CU_ASSERT_EQUAL(receive(payload, n, PAYLOAD_FDS, &lease), -1);
	memcpy(longer, payload, sizeof payload);
	CU_ASSERT_EQUAL(
	    receive(longer, sizeof longer, PAYLOAD_FDS, &lease), -1);
	CU_ASSERT_EQUAL(lease.container, 99);
}

static void
lease_receive_refuses_a_mask_that_does_not_fit_its_descriptors(void)
{
	struct lease lease = { .container = 99 };
	uint8_t wrong[sizeof payload];

	for (size_t nfds = 1; nfds <= MSG_FDS_MAX; nfds++)
		if (nfds != PAYLOAD_FDS)
			CU_ASSERT_EQUAL(
			    receive(payload, sizeof payload, nfds, &lease), -1);
	memcpy(wrong, payload, sizeof payload);
	wrong[PAYLOAD_MASK + 1] = 1u
	    << (CGROUP_NFILES - 8); /* a file beyond the last */
	CU_ASSERT_EQUAL(
	    receive(wrong, sizeof wrong, PAYLOAD_FDS + 1, &lease), -1);
	CU_ASSERT_EQUAL(lease.container, 99);
}

static void
lease_receive_refuses_a_flag_that_is_neither_yes_nor_no(void)
{
	struct lease lease = { .container = 99 };
	uint8_t wrong[sizeof payload];

	for (size_t i = 0; i < 3; i++)
		for (unsigned v = 2; v < 256; v++) {
			memcpy(wrong, payload, sizeof payload);
			wrong[PAYLOAD_FLAGS + i] = (uint8_t)v;
			CU_ASSERT_EQUAL(
			    receive(wrong, sizeof wrong, PAYLOAD_FDS, &lease),
			    -1);
		}
	CU_ASSERT_EQUAL(lease.container, 99);
}

/* ---- both sides ------------------------------------------------------- */

struct receiver {
	struct lease lease;
	uint64_t run;
	unsigned n;
};

static int
on_grant(void *arg, struct message *m)
{
	struct receiver *r = arg;

	r->n++;
	r->run = m->id;
	return lease_receive(m, &r->lease);
}

static const struct channel_rule from_pool[] = {
	{ MSG_LEASE_GRANT, on_grant },
};
static const struct channel_rules pool_rules = { from_pool, 1, NULL };
static const struct channel_rules no_rules = { NULL, 0, NULL };

static void
make_lease(struct lease *lease, unsigned mask, const int *ends)
{
	*lease = (struct lease){
		.container = 5, .runner_pid = 4321, .stream_fd = ends[0]
	};
	cgroup_init(&lease->cgroup);
	for (size_t f = 0; f < CGROUP_NFILES; f++)
		if (mask & 1u << f)
			lease->cgroup.fd[f] = ends[1];
	lease->cgroup.v2 = (uint16_t)mask;
	lease->walled = mask & 1;
	lease->used = mask & 2;
}

static void
send_and_check(struct event_base *base, unsigned mask)
{
	struct receiver r = { 0 };
	struct lease lease;
	struct channel *a, *b;
	int pair[2], ends[2];

	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CU_ASSERT_FATAL(pipe2(ends, O_CLOEXEC) == 0);
	a = channel_open(base, pair[0], "worker", &no_rules, NULL);
	b = channel_open(base, pair[1], "pool", &pool_rules, &r);
	make_lease(&lease, mask, ends);
	lease_send(a, 1234567890123, &lease);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CU_ASSERT_EQUAL_FATAL(r.n, 1);
	CU_ASSERT_EQUAL(r.run, 1234567890123);
	CU_ASSERT_EQUAL(r.lease.container, 5);
	CU_ASSERT_EQUAL(r.lease.runner_pid, 4321);
	CU_ASSERT_EQUAL(r.lease.cgroup.v2, mask);
	CU_ASSERT_EQUAL(r.lease.walled, (mask & 1) != 0);
	CU_ASSERT_EQUAL(r.lease.used, (mask & 2) != 0);
	for (size_t f = 0; f < CGROUP_NFILES; f++)
		CU_ASSERT_EQUAL(r.lease.cgroup.fd[f] >= 0, (mask >> f) & 1);
	lease_close(&r.lease);
	/* Lent, not given: the sender's are still open. */
	CU_ASSERT(fcntl(ends[0], F_GETFD) >= 0);
	close(ends[0]);
	close(ends[1]);
	channel_close(a);
	channel_close(b);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
lease_brings_every_set_of_cgroup_files(void)
{
	struct event_base *base = event_base_new();

	CU_ASSERT_FATAL(base != NULL);
	for (unsigned mask = 0; mask < 1u << CGROUP_NFILES; mask++)
		send_and_check(base, mask);
	event_base_free(base);
}

static void
lease_verdicts_have_names(void)
{
	for (unsigned v = 0; v < VERDICT_NVERDICTS; v++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(lease_verdict_name(v));
		CU_ASSERT_STRING_NOT_EQUAL(lease_verdict_name(v), "?");
		for (unsigned other = 0; other < v; other++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    lease_verdict_name(v), lease_verdict_name(other));
	}
	CU_ASSERT_STRING_EQUAL(lease_verdict_name(VERDICT_NVERDICTS), "?");
}

void
add_lease_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(lease_receive_takes_what_the_payload_says),
		TEST_ROW(lease_receive_refuses_truncation_and_trailing_bytes),
		TEST_ROW(
		    lease_receive_refuses_a_mask_that_does_not_fit_its_descriptors),
		TEST_ROW(
		    lease_receive_refuses_a_flag_that_is_neither_yes_nor_no),
		TEST_ROW(lease_brings_every_set_of_cgroup_files),
		TEST_ROW(lease_verdicts_have_names),
	};

	suite_add("lease", tests, nitems(tests));
}
