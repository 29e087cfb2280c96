/*
 * tests/unit/test_web_runs.c -- what becomes of a run's answer, web/runs.c.
 *
 * The HTTP server's handler keeps a POST; it is given to runs_post(), and the
 * test is the worker at the other end of its channel.
 */
#define _GNU_SOURCE
#include <CUnit/CUnit.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/order.h"
#include "tests/unit/suites.h"
#include "tests/unit/test_web_server.h"
#include "web/peers.h"
#include "web/runs.h"
#include "web/tally.h"
#include "web/web.h"

static const char languages_json[] =
    "[{\"name\":\"bash\",\"title\":\"Bash\",\"version\":\"5\",\"aliases\":"
    "[\"sh\"],\"extension\":\"sh\",\"main\":\"main.sh\",\"image\":\"i\","
    "\"example\":\"e\",\"run\":[\"/bin/bash\",\"main.sh\"]}]";

static const struct http_limits limits = {
	.connections = 4,
	.header_bytes = 1024,
	.body_bytes = 4096,
	.buffer_bytes = 1 << 20,
	.read_ms = 60000,
	.idle_ms = 60000,
	.write_ms = 60000,
	.write_bytes_s = 65536,
	.linger_ms = 60000,
};

/* The process under test, and the worker that the test plays. */
static struct web web;
static struct channel *worker; /* the last one */
static uintptr_t nworkers;
static unsigned asked;
static uint64_t last_id;
static bool dropped;

static int
on_run(void *arg, struct message *m)
{
	(void)arg;
	asked++;
	last_id = m->id;
	return 0;
}

static void
on_dropped(void *arg, const char *why)
{
	(void)why;
	if ((uintptr_t)arg == nworkers) {
		dropped = true;
		worker = NULL;
	}
}

static const struct channel_rule from_web[] = {
	{ MSG_RUN, on_run },
	{ MSG_CANCEL, on_run },
};

static const struct channel_rules rules = {
	.rules = from_web,
	.nrules = nitems(from_web),
	.closed = on_dropped,
};

static void
connect_worker(void)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(
	    socketpair(
		AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair),
	    0);
	peers_add(&web, ROLE_WORKER, 0, pair[0]);
	worker = channel_open(
	    ht.base, pair[1], "web", &rules, (void *)++nworkers);
	dropped = false;
}

static void
begin(void)
{
	struct err e;

	ht_serve(&limits);
	memset(&web, 0, sizeof web);
	web.child.base = ht.base;
	settings_defaults(&web.child.settings);
	CU_ASSERT_EQUAL_FATAL(
	    languages_from_json(&web.child.languages, languages_json,
		sizeof languages_json - 1, &e),
	    0);
	peers_init(&web);
	web.runs = runs_new(&web);
	asked = 0;
	connect_worker();
}

static void
end(void)
{
	channel_close(worker);
	worker = NULL;
	ht_pump();
	CU_ASSERT_EQUAL(runs_in_flight(web.runs), 0);
	languages_free(&web.child.languages);
	runs_free(web.runs);
	ht_end();
}

/* A client whose run the worker has been given. */
static int
post(void)
{
	int fd = ht_connect();

	ht_send(fd,
	    "POST /hold HTTP/1.1\r\n" HOST
	    "Content-Type: application/json\r\nContent-Length: 30\r\n\r\n"
	    "{\"code\":\"x\",\"language\":\"bash\"}");
	ht_pump();
	CU_ASSERT_PTR_NOT_NULL_FATAL(ht.held);
	runs_post(&web, ht.held);
	ht.held = NULL;
	ht_pump();
	return fd;
}

/* The worker says that it ended so, and wrote so many NULs. */
static void
send_result(enum run_status status, size_t n)
{
	struct run_result result = { .status = status };
	auto_free char *nuls = calloc(1, n + 1);
	struct output_log log;
	struct msgbuf m;

	output_log_init(&log, 1 << 20);
	output_log_add(&log, RUN_STDOUT, nuls, n);
	result.output = log.bytes.data;
	result.output_len = log.bytes.len;
	msgbuf_init(&m, 1 << 20);
	run_result_put(&m, &result);
	channel_send(worker, MSG_RESULT, last_id, &m);
	msgbuf_fini(&m);
	output_log_fini(&log);
	ht_pump();
}

static void
expect_answer(int fd, const char *begins, const char *has)
{
	auto_free char *text = ht_receive(fd);

	CU_ASSERT(strncmp(text, begins, strlen(begins)) == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, has));
	close(fd);
	ht_pump();
}

static void
runs_answers_busy_when_there_is_no_memory_for_an_answer(void)
{
	int large, small, fits;

	begin();
	large = post();
	/* Sixfold, and twice: more than a MiB. */
	send_result(RUN_OK, 100000);
	expect_answer(large, "HTTP/1.1 503 ", "\"code\":\"busy\"");
	CU_ASSERT_EQUAL(runs_tally(web.runs)->refused[REFUSED_BUSY], 1);
	CU_ASSERT_EQUAL(runs_tally(web.runs)->by_status[RUN_OK], 0);
	small = post();
	send_result(RUN_OK, 10);
	expect_answer(small, OK, "\"stdout\":\"\\u0000");
	fits = post();
	send_result(RUN_OK, 80000);
	expect_answer(fits, OK, "\"stdout\":\"\\u0000");
	CU_ASSERT_EQUAL(http_server_counts(ht.server)->buffered_bytes, 0);
	end();
}

static void
runs_drops_a_worker_that_says_cancelled(void)
{
	int fd;

	begin();
	fd = post();
	send_result(RUN_CANCELLED, 0);
	CU_ASSERT(dropped);
	expect_answer(fd, "HTTP/1.1 502 ", "\"code\":\"worker_lost\"");
	end();
}

static void
runs_forgets_a_worker_and_takes_its_successor(void)
{
	int fd, next;

	begin();
	fd = post();
	channel_close(worker);
	worker = NULL;
	expect_answer(fd, "HTTP/1.1 502 ", "\"code\":\"worker_lost\"");
	CU_ASSERT_PTR_NULL(web.workers[0].channel);
	CU_ASSERT_EQUAL(web.workers[0].running, 0);
	/* Waits, and is given to the new one. */
	next = post();
	CU_ASSERT_EQUAL(asked, 1);
	connect_worker();
	ht_pump();
	CU_ASSERT_EQUAL(asked, 2);
	send_result(RUN_OK, 1);
	expect_answer(next, OK, "\"status\":\"ok\"");
	end();
}

static void
runs_takes_a_successor_before_the_old_one_is_seen_to_die(void)
{
	int fd;

	begin();
	fd = post();
	connect_worker();
	expect_answer(fd, "HTTP/1.1 502 ", "\"code\":\"worker_lost\"");
	CU_ASSERT_PTR_NOT_NULL(web.workers[0].channel);
	fd = post();
	send_result(RUN_OK, 1);
	expect_answer(fd, OK, "\"status\":\"ok\"");
	end();
}

void
add_web_runs_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(
		    runs_answers_busy_when_there_is_no_memory_for_an_answer),
		TEST_ROW(runs_drops_a_worker_that_says_cancelled),
		TEST_ROW(runs_forgets_a_worker_and_takes_its_successor),
		TEST_ROW(
		    runs_takes_a_successor_before_the_old_one_is_seen_to_die),
	};

	suite_add("web_runs", rows, nitems(rows));
}
