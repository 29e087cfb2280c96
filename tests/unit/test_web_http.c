/*
 * tests/unit/test_web_http.c -- what the HTTP server takes for a request and
 * what not, web/http.c and below it.
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

/* ---- right requests --------------------------------------------------- */

static void
http_answers_a_request_and_stays(void)
{
	int fd;
	auto_free char *text = NULL;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "POST /a?b=c HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello");
	text = ht_receive(fd);
	CU_ASSERT_STRING_EQUAL(text,
	    OK "Content-Type: text/plain\r\nContent-Length: 5\r\n"
	       "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
	       "\r\nhello");
	CU_ASSERT_STRING_EQUAL(ht.path, "/a");
	CU_ASSERT_FALSE(ht_is_closed(fd));
	close(fd);
	ht_end();
}

static void
http_answers_pipelined_requests_in_order(void)
{
	int fd;
	auto_free char *text = NULL;
	char *one, *two, *three;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
	    "POST / HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
	    "\r\n" /* as some old clients do */
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nthree");
	text = ht_receive(fd);
	one = strstr(text, "\r\n\r\none");
	two = strstr(text, "\r\n\r\ntwo");
	three = strstr(text, "\r\n\r\nthree");
	CU_ASSERT(one != NULL && two > one && three > two);
	CU_ASSERT_EQUAL(ht_count(text, OK), 3);
	close(fd);
	ht_end();
}

static void
http_serves_more_pipelined_requests_than_one_turn_takes(void)
{
	int fd;
	auto_free char *text = NULL;

	ht_serve(&ht_limits);
	fd = ht_connect();
	for (unsigned i = 0; i < 200; i++)
		ht_send(fd, "GET / HTTP/1.1\r\n" HOST "\r\n");
	text = ht_receive(fd);
	CU_ASSERT_EQUAL(ht_count(text, OK), 200);
	close(fd);
	ht_end();
}

static void
http_waits_with_the_next_request_for_the_answer_of_this(void)
{
	struct http_response done = { .status = 200 };
	int fd;
	auto_free char *before = NULL, *after = NULL;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "GET /hold HTTP/1.1\r\n" HOST "\r\n"
	    "GET /next HTTP/1.1\r\n" HOST "\r\n");
	before = ht_receive(fd);
	CU_ASSERT_STRING_EQUAL(before, "");
	CU_ASSERT_EQUAL(ht.handled, 1);
	http_respond(ht.held, &done);
	after = ht_receive(fd);
	CU_ASSERT_EQUAL(ht.handled, 2);
	CU_ASSERT_STRING_EQUAL(ht.path, "/next");
	CU_ASSERT_EQUAL(ht_count(after, OK), 2);
	close(fd);
	ht_end();
}

static void
http_reads_a_request_that_is_cut_anywhere(void)
{
	static const char *const requests[] = {
		"POST /whole HTTP/1.1\r\n" HOST
		"Content-Length: 10\r\n\r\n0123456789",
		"POST /whole HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
		"\r\n4;ext=1\r\n0123\r\n6\r\n456789\r\n0\r\nA: b\r\n\r\n",
	};

	ht_serve(&ht_limits);
	for (size_t r = 0; r < nitems(requests); r++) {
		size_t len = strlen(requests[r]);

		for (size_t cut = 1; cut < len; cut++) {
			int fd = ht_connect();
			auto_free char *text = NULL;

			CU_ASSERT_EQUAL(
			    write(fd, requests[r], cut), (ssize_t)cut);
			ht_pump();
			ht_send(fd, requests[r] + cut);
			text = ht_receive(fd);
			CU_ASSERT_PTR_NOT_NULL(
			    strstr(text, "\r\n\r\n0123456789"));
			close(fd);
			ht_pump();
		}
	}
	ht_end();
}

static void
http_reads_a_request_that_comes_byte_by_byte(void)
{
	static const char request[] =
	    "POST / HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n";
	auto_free char *text = NULL;
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	for (size_t i = 0; i < sizeof request - 1; i++) {
		CU_ASSERT_EQUAL(write(fd, request + i, 1), 1);
		ht_pump();
	}
	text = ht_receive(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\r\n\r\n0123456789"));
	close(fd);
	ht_end();
}

static void
http_says_100_continue_to_a_client_that_waits_for_it(void)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	auto_free char *first = NULL, *second = NULL;
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
	    "Content-Length: 2\r\n\r\n");
	first = ht_receive(fd);
	CU_ASSERT_STRING_EQUAL(first, go_on);
	ht_send(fd, "ok");
	second = ht_receive(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(second, "\r\n\r\nok"));
	close(fd);
	/* Too large: told so instead. */
	ht_expect("POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
		  "Content-Length: 4097\r\n\r\n",
	    "HTTP/1.1 413 ", true);
	ht_expect("POST / HTTP/1.1\r\n" HOST "Expect: a-miracle\r\n"
		  "Content-Length: 1\r\n\r\n",
	    "HTTP/1.1 417 ", true);
	ht_end();
}

static void
http_answers_head_without_a_body(void)
{
	auto_free char *text = NULL;
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd,
	    "HEAD /large HTTP/1.1\r\n" HOST "\r\n"
	    "GET / HTTP/1.1\r\n" HOST "\r\n");
	text = ht_receive(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Content-Length: 4194304\r\n"));
	CU_ASSERT_EQUAL(ht_count(text, OK), 2);
	CU_ASSERT(strlen(text) < 1000);
	close(fd);
	ht_end();
}

static void
http_closes_when_the_client_wants_it_so(void)
{
	ht_serve(&ht_limits);
	ht_expect(
	    "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", OK, true);
	ht_expect("GET / HTTP/1.0\r\n" HOST "\r\n", OK, true);
	ht_expect("GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n",
	    OK, false);
	ht_expect("GET / HTTP/1.1\r\n" HOST "\r\n", OK, false);
	ht_end();
}

static void
http_takes_an_absolute_target_apart(void)
{
	ht_serve(&ht_limits);
	ht_expect(
	    "GET http://other:80/p?q HTTP/1.1\r\n" HOST "\r\n", OK, false);
	CU_ASSERT_STRING_EQUAL(ht.path, "/p");
	ht_expect("GET http://other HTTP/1.1\r\n" HOST "\r\n", OK, false);
	CU_ASSERT_STRING_EQUAL(ht.path, "/");
	ht_expect("OPTIONS * HTTP/1.1\r\n" HOST "\r\n", OK, false);
	CU_ASSERT_STRING_EQUAL(ht.path, "*");
	ht_end();
}

/* ---- wrong requests --------------------------------------------------- */

static void
http_refuses_what_is_no_request(void)
{
	static const char *const bad[] = {
		"hello\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01\r\n\r\n", /* TLS */
		"GET\r\n\r\n",
		"GET / FTP/1.1\r\n\r\n",
		"BREW / HTTP/1.1\r\n" HOST "\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"GET * HTTP/1.1\r\n" HOST "\r\n",
		"GET path HTTP/1.1\r\n" HOST "\r\n",
		"GET /a#b HTTP/1.1\r\n" HOST "\r\n",
		"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n",
		"GET http://u@h/ HTTP/1.1\r\n" HOST "\r\n",
		"GET http:/// HTTP/1.1\r\n" HOST "\r\n",
		"GET ftp://h/ HTTP/1.1\r\n" HOST "\r\n",
		"CONNECT x:80 HTTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST HOST "\r\n",
		"GET / HTTP/1.1\n" HOST "\r\n",
		"GET / HTTP/1.1\r\n" HOST "\n",
		"GET / HTTP/1.1\r\nHost: x\r\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "A\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "A: b\r\n folded\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "A: b\x01\r\n\r\n",
		"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
	};

	ht_serve(&ht_limits);
	for (size_t i = 0; i < nitems(bad); i++)
		ht_expect(bad[i], "HTTP/1.1 400 Bad Request\r\n", true);
	ht_expect("GET / HTTP/1.2\r\n" HOST "\r\n", "HTTP/1.1 505 ", true);
	CU_ASSERT_EQUAL(ht.handled, 0);
	ht_end();
}

static void
http_refuses_two_opinions_on_a_bodys_end(void)
{
	static const char *const bad[] = {
		"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
		"Content-Length: 3\r\nContent-Length: 4\r\n",
		"Content-Length: 3\r\nContent-Length: 3\r\n",
		"Content-Length: 3, 3\r\n",
		"Content-Length: -1\r\n",
		"Content-Length: +3\r\n",
		"Content-Length: 0x3\r\n",
		"Content-Length: 3 3\r\n",
		"Content-Length: \r\n",
		"Content-Length:\r\n",
		"Content-Length: 99999999999999999999\r\n",
		"Content-Length : 3\r\n",
		"Transfer-Encoding: identity\r\n",
		"Transfer-Encoding: gzip, chunked\r\n",
		"Transfer-Encoding: chunked, chunked\r\n",
		"Transfer-Encoding: chunked, identity\r\n",
		"Transfer-Encoding: xchunked\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding:\r\n",
	};
	char request[300];

	ht_serve(&ht_limits);
	for (size_t i = 0; i < nitems(bad); i++) {
		snprintf(request, sizeof request,
		    "POST / HTTP/1.1\r\n" HOST "%s\r\n0\r\n\r\n", bad[i]);
		ht_expect(request, "HTTP/1.1 400 Bad Request\r\n", true);
	}
	ht_expect("POST / HTTP/1.0\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n",
	    "HTTP/1.1 400 ", true);
	CU_ASSERT_EQUAL(ht.handled, 0);
	ht_end();
}

static void
http_refuses_malformed_chunks(void)
{
	static const char *const bad[] = {
		"\r\n",
		"x\r\n",
		"-1\r\n",
		"0x1\r\na\r\n0\r\n\r\n",
		" 1\r\na\r\n0\r\n\r\n",
		"1 \r\na\r\n0\r\n\r\n",
		"1\na\r\n0\r\n\r\n",
		"1\r\nab\r\n0\r\n\r\n",
		"1\r\naXX0\r\n\r\n",
		"1\r\na\n0\r\n\r\n",
		"123456789\r\n",
		"ffffffffffffffff\r\n",
		"1;a\nb\r\na\r\n0\r\n\r\n",
		"0\r\nA: b\n\r\n\r\n",
		"0\r\n\rX",
	};
	char request[300];

	ht_serve(&ht_limits);
	for (size_t i = 0; i < nitems(bad); i++) {
		snprintf(request, sizeof request,
		    "POST / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n%s",
		    bad[i]);
		ht_expect(request, "HTTP/1.1 400 ", true);
	}
	CU_ASSERT_EQUAL(ht.handled, 0);
	ht_end();
}

static void
http_error_answers_are_json(void)
{
	auto_free char *text = NULL;
	int fd;

	ht_serve(&ht_limits);
	fd = ht_connect();
	ht_send(fd, "\"nonsense\"\r\n\r\n");
	text = ht_receive(fd);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "Content-Type: application/json\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Connection: close\r\n"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "\r\n\r\n{\"error\":{\"code\":\"bad_request\","));
	close(fd);
	ht_end();
}

/* ---- any bytes -------------------------------------------------------- */

static void
http_survives_requests_with_random_faults(void)
{
	static const char good[] =
	    "POST /x HTTP/1.1\r\n" HOST
	    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n";
	char bytes[sizeof good];

	ht_serve(&ht_limits);
	srand(7);
	for (unsigned round = 0; round < 3000; round++) {
		size_t n = sizeof good - 1, faults = 1 + (size_t)rand() % 3;
		int fd = ht_connect();
		auto_free char *text = NULL;

		memcpy(bytes, good, sizeof good);
		for (size_t i = 0; i < faults; i++)
			bytes[(size_t)rand() % n] = (char)(rand() >> 4);
		CU_ASSERT_EQUAL(write(fd, bytes, n), (ssize_t)n);
		text = ht_receive(fd);
		CU_ASSERT(
		    text[0] == '\0' || strncmp(text, "HTTP/1.1 ", 9) == 0);
		close(fd);
		ht_pump();
	}
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->connections, 0);
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	ht_end();
}

void
add_web_http_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(http_answers_a_request_and_stays),
		TEST_ROW(http_answers_pipelined_requests_in_order),
		TEST_ROW(
		    http_serves_more_pipelined_requests_than_one_turn_takes),
		TEST_ROW(
		    http_waits_with_the_next_request_for_the_answer_of_this),
		TEST_ROW(http_reads_a_request_that_is_cut_anywhere),
		TEST_ROW(http_reads_a_request_that_comes_byte_by_byte),
		TEST_ROW(http_says_100_continue_to_a_client_that_waits_for_it),
		TEST_ROW(http_answers_head_without_a_body),
		TEST_ROW(http_closes_when_the_client_wants_it_so),
		TEST_ROW(http_takes_an_absolute_target_apart),
		TEST_ROW(http_refuses_what_is_no_request),
		TEST_ROW(http_refuses_two_opinions_on_a_bodys_end),
		TEST_ROW(http_refuses_malformed_chunks),
		TEST_ROW(http_error_answers_are_json),
		TEST_ROW(http_survives_requests_with_random_faults),
	};

	suite_add("web_http", rows, nitems(rows));
	add_web_limits_suite();
}
