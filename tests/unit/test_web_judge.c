/*
 * tests/unit/test_web_judge.c -- was an attack stopped?  web/judge.c.
 */
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "tests/unit/suites.h"
#include "web/judge.h"

#define OK (1u << RUN_OK)

/* A result with these two streams, in pieces that cut every line. */
static enum judgement
judge(uint32_t expect, enum run_status status, const char *out, const char *err,
    json_t *lines)
{
	struct run_result result = { .status = status };
	enum judgement judgement;
	struct output_log log;
	char why[256];

	output_log_init(&log, 1 << 20);
	for (size_t i = 0; i < strlen(out) || i < strlen(err); i += 3) {
		if (i < strlen(out))
			output_log_add(
			    &log, RUN_STDOUT, out + i, strnlen(out + i, 3));
		if (i < strlen(err))
			output_log_add(
			    &log, RUN_STDERR, err + i, strnlen(err + i, 3));
	}
	result.output = log.bytes.data;
	result.output_len = log.bytes.len;
	judgement = judge_run(expect, &result, lines, why, sizeof why);
	CU_ASSERT_EQUAL(why[0] == '\0', judgement == JUDGED_STOPPED);
	output_log_fini(&log);
	return judgement;
}

static enum judgement
judge_out(uint32_t expect, enum run_status status, const char *out)
{
	auto_json json_t *lines = json_array();

	return judge(expect, status, out, "", lines);
}

static void
what_says_so_is_stopped(void)
{
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_OK, "stopped: x: EPERM\n"), JUDGED_STOPPED);
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_OK, "hello\nstopped: x: y"), JUDGED_STOPPED);
}

static void
what_was_ended_needs_no_line(void)
{
	CU_ASSERT_EQUAL(
	    judge_out(1u << RUN_TIMEOUT, RUN_TIMEOUT, ""), JUDGED_STOPPED);
	CU_ASSERT_EQUAL(
	    judge_out(1u << RUN_ERROR | OK, RUN_ERROR, "x"), JUDGED_STOPPED);
}

static void
one_escape_counts_more_than_all_else(void)
{
	auto_json json_t *lines = json_array();

	CU_ASSERT_EQUAL(judge_out(OK, RUN_OK,
			    "stopped: a: b\nESCAPED: c: d\nstopped: e: f\n"),
	    JUDGED_ESCAPED);
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_TIMEOUT, "ESCAPED: c: d"), JUDGED_ESCAPED);
	CU_ASSERT_EQUAL(judge(OK, RUN_OK, "stopped: a: b\n",
			    "noise\nESCAPED on the other stream\n", lines),
	    JUDGED_ESCAPED);
	CU_ASSERT_EQUAL(json_array_size(lines), 2);
}

static void
another_end_is_unclear(void)
{
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_ERROR, "stopped: a: b\n"), JUDGED_UNCLEAR);
	CU_ASSERT_EQUAL(judge_out(1u << RUN_TIMEOUT, RUN_OK, "stopped: a: b\n"),
	    JUDGED_UNCLEAR);
	CU_ASSERT_EQUAL(judge_out(OK, RUN_OK, ""), JUDGED_UNCLEAR);
	CU_ASSERT_EQUAL(judge_out(OK, RUN_OK, "\n\n"), JUDGED_UNCLEAR);
}

/* A mark counts only where its line begins. */
static void
words_in_a_line_do_not_count(void)
{
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_OK, "it was stopped: x"), JUDGED_UNCLEAR);
	CU_ASSERT_EQUAL(judge_out(OK, RUN_OK, "stopped:x\n"), JUDGED_UNCLEAR);
	CU_ASSERT_EQUAL(
	    judge_out(OK, RUN_OK, "stopped: a\nnot ESCAPED\n"), JUDGED_STOPPED);
}

static void
malformed_output_is_not_judged(void)
{
	auto_json json_t *lines = json_array();
	struct run_result result = { .status = RUN_OK,
		.output = (const uint8_t *)"\x07",
		.output_len = 1 };
	char why[64];

	CU_ASSERT_EQUAL(
	    judge_run(OK, &result, lines, why, sizeof why), JUDGED_ERROR);
}

static void
lines_are_few_short_and_plain(void)
{
	auto_json json_t *lines = json_array();
	char out[20000] = "";
	size_t n = 0;

	for (int i = 0; i < 40; i++)
		n += (size_t)snprintf(out + n, sizeof out - n,
		    "stopped: \x1b[2J\xff\r%0*d\n", 300, i);
	CU_ASSERT_EQUAL(judge(OK, RUN_OK, out, "", lines), JUDGED_STOPPED);
	CU_ASSERT_EQUAL(json_array_size(lines), JUDGE_LINES_MAX);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		CU_ASSERT_EQUAL(strlen(line), JUDGE_LINE_MAX);
		CU_ASSERT_EQUAL(strncmp(line, "stopped: ?[2J??0", 16), 0);
	}
}

void
add_web_judge_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(what_says_so_is_stopped),
		TEST_ROW(what_was_ended_needs_no_line),
		TEST_ROW(one_escape_counts_more_than_all_else),
		TEST_ROW(another_end_is_unclear),
		TEST_ROW(words_in_a_line_do_not_count),
		TEST_ROW(malformed_output_is_not_judged),
		TEST_ROW(lines_are_few_short_and_plain),
	};

	suite_add("web_judge", rows, nitems(rows));
}
