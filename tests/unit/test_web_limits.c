/*
 * tests/unit/test_web_limits.c -- the HTTP server's limits of size and time,
 * and clients that leave.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"
#include "tests/unit/suites.h"
#include "tests/unit/test_web_server.h"

/* ---- limits ----------------------------------------------------------- */

static void
http_bounds_head_target_and_fields(void)
{
	char request[4000], *p = request;

	ht_serve(&ht_limits);
	p += sprintf(p, "GET / HTTP/1.1\r\n" HOST "A: ");
	memset(p, 'x', 1200);
	memcpy(p + 1200, "\r\n\r\n", 5);
	ht_expect(request, "HTTP/1.1 431 ", true);

	p = request + sprintf(request, "GET /");
	memset(p, 'x', 1200);
	p[1200] = '\0';
	ht_expect(request, "HTTP/1.1 414 ", true);

	p = request + sprintf(request, "GET / HTTP/1.1\r\n" HOST);
	for (unsigned i = 0; i < HEAD_FIELDS_MAX; i++)
		p += sprintf(p, "A:\r\n");
	memcpy(p, "\r\n", 3);
	ht_expect(request, "HTTP/1.1 431 ", true);
	ht_end();
}

static void
http_bounds_a_body_before_it_comes(void)
{
	ht_serve(&ht_limits);
	ht_expect("POST / HTTP/1.1\r\n" HOST "Content-Length: 4097\r\n\r\n",
	    "HTTP/1.1 413 ", true);
	ht_expect("POST / HTTP/1.1\r\n" HOST
		  "Content-Length: 9223372036854775807\r\n\r\n",
	    "HTTP/1.1 413 ", true);
	ht_end();
}

static void
http_bounds_a_body_that_comes_in_chunks(void)
{
	auto_free char *text = NULL;
	char chunk[1100];
	int fd, n;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	n = sprintf(chunk, "400\r\n");
	memset(chunk + n, 'x', 1024);
	memcpy(chunk + n + 1024, "\r\n", 3);
	for (unsigned i = 0; i < 5; i++)
		ht_send(fd, chunk);
	text = ht_receive(fd);
	CU_ASSERT(strncmp(text, "HTTP/1.1 413 ", 13) == 0);
	CU_ASSERT_EQUAL(ht.handled, 0);
	close(fd);
	ht_end();
}

static void
http_lets_a_refused_client_finish_before_it_closes(void)
{
	auto_free char *text = NULL;
	char bytes[1000];
	int fd;

	memset(bytes, 'x', sizeof bytes);
	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(
	    fd, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n");
	for (unsigned i = 0; i < 1000; i++) {
		CU_ASSERT_EQUAL(write(fd, bytes, sizeof bytes), sizeof bytes);
		ht_pump();
	}
	text = ht_receive(fd);
	CU_ASSERT(strncmp(text, "HTTP/1.1 413 ", 13) == 0);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 1);
	close(fd);
	ht_pump();
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	ht_end();
}

/* A body of 100001 bytes, of which the last is missing. */
static int
send_most_of_a_body(void)
{
	static char piece[10001];
	int fd = ht_connect();

	memset(piece, 'x', 10000);
	ht_send(
	    fd, "POST / HTTP/1.1\r\n" HOST "Content-Length: 100001\r\n\r\n");
	for (unsigned i = 0; i < 10; i++) {
		ht_send(fd, piece);
		ht_pump();
	}
	return fd;
}

static void
http_bounds_the_memory_of_all_bodies(void)
{
	struct http_limits limits = ht_limits;
	auto_free char *text = NULL, *small = NULL;
	int one, two, three;

	limits.body_bytes = 1 << 20;
	limits.buffer_bytes = 150000;
	ht_serve(&limits);
	one = send_most_of_a_body();
	two = send_most_of_a_body();
	text = ht_receive(two);
	CU_ASSERT(strncmp(text, "HTTP/1.1 503 ", 13) == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Retry-After: 1\r\n"));
	/* A small one has room all the same. */
	three = ht_connect();
	ht_send(three, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx");
	small = ht_receive(three);
	CU_ASSERT(strncmp(small, "HTTP/1.1 503 ", 13) != 0);
	close(three);
	close(two);
	close(one);
	ht_pump();
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	ht_end();
}

static void
http_bounds_the_memory_of_answers_that_nobody_reads(void)
{
	static const char made[] = "GET /made HTTP/1.1\r\n" HOST "\r\n";
	struct http_limits limits = ht_limits;
	auto_free char *text = NULL;
	int one, two;

	limits.buffer_bytes = HT_LARGE + HT_LARGE / 2;
	ht_serve(&limits);
	one = ht_connect();
	ht_send(one, made);
	ht_pump();
	/* What is allocated, and no more than that. */
	CU_ASSERT_EQUAL(
	    http_server_counts(ht.server)->buffered_bytes, HT_LARGE);
	two = ht_connect();
	ht_send(two, made);
	text = ht_receive(two);
	CU_ASSERT(strncmp(text, "HTTP/1.1 503 ", 13) == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Retry-After: 1\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"busy\""));
	/* Nothing was allocated for these. */
	ht_expect("GET /small HTTP/1.1\r\n" HOST "\r\n", OK, false);
	ht_expect("GET /large HTTP/1.1\r\n" HOST "\r\n", OK, false);
	close(one);
	ht_pump();
	ht_expect(made, OK, false);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	close(two);
	ht_end();
}

static void
http_tells_a_client_above_the_limit_to_come_again(void)
{
	int fds[4];

	ht_serve(&ht_limits);
	for (unsigned i = 0; i < 4; i++)
		fds[i] = ht_connect();
	ht_expect("", "HTTP/1.1 503 ", true);
	close(fds[0]);
	ht_pump();
	ht_expect("GET / HTTP/1.1\r\n" HOST "\r\n", OK, false);
	for (unsigned i = 1; i < 4; i++)
		close(fds[i]);
	ht_end();
}

/* ---- time ------------------------------------------------------------- */

static void
http_gives_a_slow_request_only_so_long_in_all(void)
{
	struct http_limits limits = ht_limits;
	auto_free char *text = NULL;
	int fd;

	limits.read_ms = 40;
	ht_serve(&limits);
	fd = ht_connect();
	ht_send(fd, "POST / HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n");
	/* A byte now and then does not make it longer. */
	for (unsigned i = 0; i < 8; i++) {
		ht_send(fd, "x");
		ht_pump_ms(10);
	}
	text = ht_receive(fd);
	CU_ASSERT(strncmp(text, "HTTP/1.1 408 ", 13) == 0);
	CU_ASSERT(ht_is_closed(fd));
	close(fd);
	ht_end();
}

static void
http_closes_a_connection_that_idles(void)
{
	struct http_limits limits = ht_limits;
	int fd;

	limits.idle_ms = 20;
	ht_serve(&limits);
	fd = ht_connect();
	ht_pump_ms(5);
	ht_send(fd, "\r\n"); /* is no request */
	ht_pump_ms(40);
	CU_ASSERT(ht_is_closed(fd));
	close(fd);
	ht_end();
}

static void
http_closes_on_a_client_that_does_not_read(void)
{
	struct http_limits limits = ht_limits;
	int fd;

	limits.write_ms = 20;
	ht_serve(&limits);
	fd = ht_connect();
	ht_send(fd, "GET /made HTTP/1.1\r\n" HOST "\r\n");
	ht_pump();
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 1);
	CU_ASSERT(http_server_counts(ht.server)->buffered_bytes > 0);
	ht_pump_ms(60);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	close(fd);
	ht_end();
}

/* A client that takes 64 KiB each 10 ms: is it answered after 200 ms? */
static bool
is_fast_enough(const struct http_limits *limits)
{
	char some[65536];
	bool stays;
	int fd;

	ht_serve(limits);
	fd = ht_connect();
	ht_send(fd, "GET /made HTTP/1.1\r\n" HOST "\r\n");
	for (unsigned i = 0; i < 20; i++) {
		ht_pump_ms(10);
		if (read(fd, some, sizeof some) == 0)
			break;
	}
	stays = http_server_counts(ht.server)->connections == 1;
	close(fd);
	ht_pump();
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	ht_end();
	return stays;
}

static void
http_closes_on_a_client_that_reads_too_slowly(void)
{
	struct http_limits limits = ht_limits;

	/* Longer than the pauses in which the socket takes nothing. */
	limits.write_ms = 60;
	limits.write_bytes_s = 64 << 20;
	CU_ASSERT_FALSE(is_fast_enough(&limits));
	limits.write_bytes_s = 65536;
	CU_ASSERT(is_fast_enough(&limits));
}

/* ---- leaving ---------------------------------------------------------- */

static void
http_notices_a_client_that_leaves_while_it_waits(void)
{
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	ht_pump();
	CU_ASSERT_PTR_NOT_NULL(ht.held);
	CU_ASSERT_EQUAL(ht.gone, 0);
	close(fd);
	ht_pump();
	CU_ASSERT_EQUAL(ht.gone, 1);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	ht_end();
}

static void
http_answers_a_client_that_has_only_stopped_sending(void)
{
	auto_free char *text = NULL;
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "GET / HTTP/1.1\r\n" HOST "\r\n"
	    "GET / HTTP/1.1\r\n" HOST "\r\n");
	shutdown(fd, SHUT_WR);
	text = ht_receive(fd);
	CU_ASSERT_EQUAL(ht_count(text, OK), 2);
	CU_ASSERT(ht_is_closed(fd));
	close(fd);
	ht_end();
}

static void
http_forgets_a_request_that_was_left_in_the_middle(void)
{
	static const char request[] = "POST /hold HTTP/1.1\r\n" HOST
				      "Content-Length: 3\r\n\r\nabc";

	ht_serve(&ht_limits);
	for (size_t n = 0; n < sizeof request - 1; n++) {
		int fd = ht_connect();

		CU_ASSERT_EQUAL(write(fd, request, n), (ssize_t)n);
		ht_pump();
		close(fd);
		ht_pump();
	}
	CU_ASSERT_EQUAL(ht.handled, 0);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	ht_end();
}

static void
http_holds_little_of_what_is_sent_ahead(void)
{
	char bytes[8192];
	size_t sent = 0;
	ssize_t n;
	int fd;

	memset(bytes, 'x', sizeof bytes);
	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	do {
		ht_pump();
		n = write(fd, bytes, sizeof bytes);
		sent += n > 0 ? (size_t)n : 0;
	} while (n > 0 && sent < (16u << 20));
	CU_ASSERT(sent < (4u << 20));
	close(fd);
	ht_end();
}

static void
http_notices_a_client_that_leaves_after_sending_far_ahead(void)
{
	char bytes[8192];
	int fd;

	memset(bytes, 'x', sizeof bytes);
	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	do
		ht_pump();
	while (write(fd, bytes, sizeof bytes) > 0);
	ht_pump_ms(300);
	CU_ASSERT_EQUAL(ht.gone, 0);
	close(fd);
	ht_pump_ms(300);
	CU_ASSERT_EQUAL(ht.gone, 1);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	ht_end();
}

static void
http_drain_ends_idle_connections_and_waits_for_others(void)
{
	struct http_response done = { .status = 200 };
	auto_free char *text = NULL;
	int idle, busy;

	ht_serve(&ht_limits);
	idle = ht_connect();
	busy = ht_connect();
	ht_send(busy, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	ht_pump();
	http_server_drain(ht.server);
	http_server_on_empty(ht.server, ht_on_empty);
	CU_ASSERT(ht_is_closed(idle));
	CU_ASSERT_EQUAL(ht.emptied, 0);
	http_respond(ht.held, &done);
	text = ht_receive(busy);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Connection: close\r\n"));
	close(busy);
	ht_pump();
	CU_ASSERT_EQUAL(ht.emptied, 1);
	close(idle);
	ht_end();
}

void
add_web_limits_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(http_bounds_head_target_and_fields),
		TEST_ROW(http_bounds_a_body_before_it_comes),
		TEST_ROW(http_bounds_a_body_that_comes_in_chunks),
		TEST_ROW(http_lets_a_refused_client_finish_before_it_closes),
		TEST_ROW(http_bounds_the_memory_of_all_bodies),
		TEST_ROW(http_bounds_the_memory_of_answers_that_nobody_reads),
		TEST_ROW(http_tells_a_client_above_the_limit_to_come_again),
		TEST_ROW(http_gives_a_slow_request_only_so_long_in_all),
		TEST_ROW(http_closes_a_connection_that_idles),
		TEST_ROW(http_closes_on_a_client_that_does_not_read),
		TEST_ROW(http_closes_on_a_client_that_reads_too_slowly),
		TEST_ROW(http_notices_a_client_that_leaves_while_it_waits),
		TEST_ROW(http_answers_a_client_that_has_only_stopped_sending),
		TEST_ROW(http_forgets_a_request_that_was_left_in_the_middle),
		TEST_ROW(http_holds_little_of_what_is_sent_ahead),
		TEST_ROW(
		    http_notices_a_client_that_leaves_after_sending_far_ahead),
		TEST_ROW(http_drain_ends_idle_connections_and_waits_for_others),
	};

	suite_add("web_limits", rows, nitems(rows));
}
