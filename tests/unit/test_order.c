/*
 * tests/unit/test_order.c -- RUN, RESULT and the output log, common/order.c.
 */
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/bytes.h"
#include "common/order.h"
#include "tests/unit/suites.h"

static const struct run_order an_order = {
	.language = 2,
	.fresh = true,
	.limits = {
		.wall_ms = 1,
		.cpu_ms = 2,
		.memory_mb = 3,
		.processes = 4,
		.output_kb = 5,
	},
	.program = "program",
	.program_len = 7,
};

static const struct run_result a_result = {
	.status = RUN_ERROR,
	.has_exit_code = true,
	.cut = 3,
	.recycled = true,
	.exit_code = 200,
	.signal = 9,
	.wall_us = 1ull << 40,
	.cpu_us = 2ull << 40,
	.memory_kb = 3ull << 40,
	.timing = {
		.lease_us = 1,
		.thaw_us = 2,
		.run_us = 3,
		.worker_us = 4,
	},
	.detail = "ended with exit code 200",
	.output = (const uint8_t *)"\1\2\0\0\0ab",
	.output_len = 7,
};

/* ---- RUN -------------------------------------------------------------- */

static void
run_order_gives_back_what_was_put(void)
{
	struct run_order back;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	run_order_put(&m, &an_order);
	CU_ASSERT_EQUAL(run_order_get(&m, &back), 0);
	CU_ASSERT_EQUAL(back.language, 2);
	CU_ASSERT_TRUE(back.fresh);
	CU_ASSERT_EQUAL(back.limits.wall_ms, 1);
	CU_ASSERT_EQUAL(back.limits.cpu_ms, 2);
	CU_ASSERT_EQUAL(back.limits.memory_mb, 3);
	CU_ASSERT_EQUAL(back.limits.processes, 4);
	CU_ASSERT_EQUAL(back.limits.output_kb, 5);
	CU_ASSERT_EQUAL(back.program_len, 7);
	CU_ASSERT_EQUAL(memcmp(back.program, "program", 7), 0);
	msgbuf_fini(&m);
}

static void
run_order_refuses_every_truncation(void)
{
	struct run_order back = { .language = 99 };
	struct msgbuf m, view;
	size_t fixed;

	msgbuf_init(&m, 1000);
	run_order_put(&m, &an_order);
	fixed = m.len - an_order.program_len;
	for (size_t n = 0; n < fixed; n++) {
		msgbuf_view(&view, m.data, n);
		CU_ASSERT_EQUAL(run_order_get(&view, &back), -1);
		CU_ASSERT_EQUAL(back.language, 99);
	}
	/* What follows the numbers is the program, however short. */
	msgbuf_view(&view, m.data, fixed);
	CU_ASSERT_EQUAL(run_order_get(&view, &back), 0);
	CU_ASSERT_EQUAL(back.program_len, 0);
	msgbuf_fini(&m);
}

static void
run_order_refuses_a_fresh_that_is_neither_yes_nor_no(void)
{
	struct run_order back;
	struct msgbuf m;

	for (unsigned fresh = 0; fresh < 256; fresh++) {
		msgbuf_init(&m, 1000);
		run_order_put(&m, &an_order);
		m.data[2] = (uint8_t)fresh;
		CU_ASSERT_EQUAL(run_order_get(&m, &back), fresh < 2 ? 0 : -1);
		msgbuf_fini(&m);
	}
}

/* ---- RESULT ----------------------------------------------------------- */

static void
run_result_gives_back_what_was_put(void)
{
	struct run_result back;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	run_result_put(&m, &a_result);
	CU_ASSERT_EQUAL(run_result_get(&m, &back), 0);
	CU_ASSERT_EQUAL(back.status, RUN_ERROR);
	CU_ASSERT_TRUE(back.has_exit_code);
	CU_ASSERT_EQUAL(back.cut, 3);
	CU_ASSERT_TRUE(back.recycled);
	CU_ASSERT_EQUAL(back.exit_code, 200);
	CU_ASSERT_EQUAL(back.signal, 9);
	CU_ASSERT_EQUAL(back.wall_us, a_result.wall_us);
	CU_ASSERT_EQUAL(back.cpu_us, a_result.cpu_us);
	CU_ASSERT_EQUAL(back.memory_kb, a_result.memory_kb);
	CU_ASSERT_EQUAL(back.timing.lease_us, 1);
	CU_ASSERT_EQUAL(back.timing.thaw_us, 2);
	CU_ASSERT_EQUAL(back.timing.run_us, 3);
	CU_ASSERT_EQUAL(back.timing.worker_us, 4);
	CU_ASSERT_STRING_EQUAL(back.detail, a_result.detail);
	CU_ASSERT_EQUAL(back.output_len, 7);
	CU_ASSERT_EQUAL(memcmp(back.output, a_result.output, 7), 0);
	msgbuf_fini(&m);
}

static void
run_result_refuses_every_truncation(void)
{
	struct run_result back = { .signal = 77 };
	struct msgbuf m, view;

	msgbuf_init(&m, 1000);
	run_result_put(&m, &a_result);
	for (size_t n = 0; n < m.len - a_result.output_len; n++) {
		msgbuf_view(&view, m.data, n);
		CU_ASSERT_EQUAL(run_result_get(&view, &back), -1);
		CU_ASSERT_EQUAL(back.signal, 77);
	}
	msgbuf_fini(&m);
}

static void
run_result_refuses_a_status_that_is_none(void)
{
	struct run_result back;
	struct msgbuf m;

	for (unsigned status = 0; status < 256; status++) {
		msgbuf_init(&m, 1000);
		run_result_put(&m, &a_result);
		m.data[0] = (uint8_t)status;
		CU_ASSERT_EQUAL(
		    run_result_get(&m, &back), status < RUN_NSTATUSES ? 0 : -1);
		msgbuf_fini(&m);
	}
}

static void
run_result_refuses_a_recycled_that_is_neither_yes_nor_no(void)
{
	struct run_result back;
	struct msgbuf m;

	for (unsigned recycled = 0; recycled < 256; recycled++) {
		msgbuf_init(&m, 1000);
		run_result_put(&m, &a_result);
		m.data[3] = (uint8_t)recycled;
		CU_ASSERT_EQUAL(
		    run_result_get(&m, &back), recycled < 2 ? 0 : -1);
		msgbuf_fini(&m);
	}
}

static void
run_result_refuses_a_detail_that_does_not_fit(void)
{
	struct run_result back;
	struct msgbuf m;
	size_t detail = 4 + 2 * 4 + 7 * 8;

	msgbuf_init(&m, 1000);
	run_result_put(&m, &a_result);
	CU_ASSERT_EQUAL(
	    bytes_get_u32(m.data + detail), strlen(a_result.detail));
	for (unsigned i = 0; i < 300; i++)
		msgbuf_put_u8(&m, 'x');
	msgbuf_set_u32(&m, detail, sizeof back.detail);
	CU_ASSERT_EQUAL(run_result_get(&m, &back), -1);
	m.pos = 0;
	m.bad = false;
	msgbuf_set_u32(&m, detail, sizeof back.detail - 1);
	/* The output's NUL bytes are in it now. */
	CU_ASSERT_EQUAL(run_result_get(&m, &back), -1);
	msgbuf_fini(&m);
}

/* ---- the output log --------------------------------------------------- */

static bool
next_is(struct msgbuf *m, enum run_stream stream, const char *text)
{
	enum run_stream got;
	const void *data;
	size_t n;

	return output_next(m, &got, &data, &n) == 0 && got == stream &&
	    n == strlen(text) && memcmp(data, text, n) == 0;
}

static void
output_log_merges_neighbours(void)
{
	struct output_log log;
	struct msgbuf view;

	output_log_init(&log, 1000);
	output_log_add(&log, RUN_STDOUT, "a", 1);
	output_log_add(&log, RUN_STDOUT, "bc", 2);
	output_log_add(&log, RUN_STDERR, "E", 1);
	output_log_add(&log, RUN_STDERR, "", 0);
	output_log_add(&log, RUN_STDOUT, "", 0);
	output_log_add(&log, RUN_STDERR, "F", 1);
	output_log_add(&log, RUN_STDOUT, "d", 1);
	CU_ASSERT_EQUAL(log.total[0], 4);
	CU_ASSERT_EQUAL(log.total[1], 2);
	msgbuf_view(&view, log.bytes.data, log.bytes.len);
	CU_ASSERT(next_is(&view, RUN_STDOUT, "abc"));
	CU_ASSERT(next_is(&view, RUN_STDERR, "EF"));
	CU_ASSERT(next_is(&view, RUN_STDOUT, "d"));
	CU_ASSERT_TRUE(msgbuf_done(&view));
	output_log_fini(&log);
}

static void
output_log_of_nothing_is_empty(void)
{
	struct output_log log;

	output_log_init(&log, 1000);
	CU_ASSERT_EQUAL(output_log_add(&log, RUN_STDERR, "", 0), 0);
	CU_ASSERT_EQUAL(log.bytes.len, 0);
	output_log_fini(&log);
	output_log_fini(&log);
}

static void
output_log_says_when_it_is_full(void)
{
	struct output_log log;

	output_log_init(&log, 5 + 10);
	CU_ASSERT_EQUAL(output_log_add(&log, RUN_STDOUT, "12345", 5), 0);
	CU_ASSERT_EQUAL(output_log_add(&log, RUN_STDOUT, "12345", 5), 0);
	CU_ASSERT_EQUAL(output_log_add(&log, RUN_STDOUT, "1", 1), -1);
	output_log_fini(&log);
}

/* Against a plain model: two buffers and the order of the bytes. */
static void
output_log_keeps_every_byte_in_its_order(void)
{
	static char model[40000], got[sizeof model];
	struct output_log log;
	struct msgbuf view;
	size_t n = 0, m = 0;
	const void *data;
	enum run_stream stream;
	size_t len;

	srandom(1);
	output_log_init(&log, 1u << 20);
	while (n + 40 < sizeof model) {
		char piece[40];
		size_t size = (size_t)random() % sizeof piece;

		stream = random() % 2 ? RUN_STDOUT : RUN_STDERR;
		memset(piece, stream == RUN_STDOUT ? 'o' : 'e', size);
		CU_ASSERT_EQUAL(output_log_add(&log, stream, piece, size), 0);
		memcpy(model + n, piece, size);
		n += size;
	}
	msgbuf_view(&view, log.bytes.data, log.bytes.len);
	while (!msgbuf_done(&view)) {
		CU_ASSERT_FATAL(output_next(&view, &stream, &data, &len) == 0);
		CU_ASSERT_FATAL(m + len <= n);
		memcpy(got + m, data, len);
		m += len;
	}
	CU_ASSERT_EQUAL(m, n);
	CU_ASSERT_EQUAL(memcmp(model, got, n), 0);
	output_log_fini(&log);
}

static void
output_next_refuses_what_is_malformed(void)
{
	static const struct text {
		const char *bytes;
		size_t n;
	} wrong[] = {
		{ "", 0 },
		{ "\1", 1 },
		{ "\1\1\0\0", 4 },
		{ "\1\1\0\0\0", 5 },
		{ "\1\2\0\0\0a", 6 },
		{ "\0\1\0\0\0a", 6 },
		{ "\3\1\0\0\0a", 6 },
		{ "\377\1\0\0\0a", 6 },
	};

	for (size_t i = 0; i < nitems(wrong); i++) {
		enum run_stream stream = RUN_STDOUT;
		const void *data;
		struct msgbuf m;
		size_t n;

		msgbuf_view(&m, wrong[i].bytes, wrong[i].n);
		CU_ASSERT_EQUAL(output_next(&m, &stream, &data, &n), -1);
	}
}

void
add_order_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(run_order_gives_back_what_was_put),
		TEST_ROW(run_order_refuses_every_truncation),
		TEST_ROW(run_order_refuses_a_fresh_that_is_neither_yes_nor_no),
		TEST_ROW(run_result_gives_back_what_was_put),
		TEST_ROW(run_result_refuses_every_truncation),
		TEST_ROW(run_result_refuses_a_status_that_is_none),
		TEST_ROW(
		    run_result_refuses_a_recycled_that_is_neither_yes_nor_no),
		TEST_ROW(run_result_refuses_a_detail_that_does_not_fit),
		TEST_ROW(output_log_merges_neighbours),
		TEST_ROW(output_log_of_nothing_is_empty),
		TEST_ROW(output_log_says_when_it_is_full),
		TEST_ROW(output_log_keeps_every_byte_in_its_order),
		TEST_ROW(output_next_refuses_what_is_malformed),
	};

	suite_add("order", tests, nitems(tests));
}
