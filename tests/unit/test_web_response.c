/*
 * tests/unit/test_web_response.c -- a result as a client sees it,
 * web/response.c.  The JSON is read back with jansson.
 */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "common/auto.h"
#include "common/frames.h"
#include "tests/unit/suites.h"
#include "web/response.h"

struct segment {
	enum run_stream stream;
	const char *bytes;
	size_t n;
};

#define SEGMENT(stream, literal)                         \
	{                                                \
		(stream), (literal), sizeof(literal) - 1 \
	}

static const struct run_result plain = {
	.status = RUN_OK,
	.has_exit_code = true,
	.wall_us = 12345,
	.cpu_us = 7,
	.memory_kb = 9216,
	.timing = { .lease_us = 100,
	    .thaw_us = 50,
	    .run_us = 1200,
	    .worker_us = 1400 },
};

/* NULL: response_put() refused. */
static json_t *
answer(const struct run_result *result, uint64_t total_us)
{
	const struct run_report report = {
		.id = 0xabcdef,
		.language = "python",
		.result = result,
		.total_us = total_us,
	};
	json_t *json = NULL;
	struct msgbuf m;

	msgbuf_init(&m, RESPONSE_MAX);
	if (response_put(&m, &report) == 0)
		json = json_loadb((char *)m.data, m.len,
		    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	msgbuf_fini(&m);
	return json;
}

static json_t *
answer_output(const struct segment *segments, size_t n, uint8_t cut)
{
	struct run_result result = plain;
	struct output_log log;
	json_t *json;

	output_log_init(&log, 1 << 20);
	for (size_t i = 0; i < n; i++)
		output_log_add(
		    &log, segments[i].stream, segments[i].bytes, segments[i].n);
	result.cut = cut;
	result.output = log.bytes.data;
	result.output_len = log.bytes.len;
	json = answer(&result, 1500);
	output_log_fini(&log);
	return json;
}

static bool
is_text(const json_t *json, const char *field, const char *expected)
{
	const char *text = json_string_value(json_object_get(json, field));

	return text != NULL && strcmp(text, expected) == 0;
}

static const char *
encoding_of(const json_t *json, const char *stream)
{
	const char *word = json_string_value(
	    json_object_get(json_object_get(json, "encoding"), stream));

	return word ? word : "";
}

static void
response_has_every_field_of_the_design(void)
{
	json_t *json = answer(&plain, 1500);
	const json_t *usage = json_object_get(json, "usage");
	const json_t *timing = json_object_get(json, "timing");

	CU_ASSERT(is_text(json, "id", "0000000000abcdef"));
	CU_ASSERT(is_text(json, "language", "python"));
	CU_ASSERT(is_text(json, "status", "ok"));
	CU_ASSERT_EQUAL(
	    json_integer_value(json_object_get(json, "exit_code")), 0);
	CU_ASSERT(json_is_integer(json_object_get(json, "exit_code")));
	CU_ASSERT(json_is_null(json_object_get(json, "signal")));
	CU_ASSERT(json_is_false(json_object_get(json, "truncated")));
	CU_ASSERT(json_is_false(json_object_get(json, "recycled")));
	CU_ASSERT_PTR_NULL(json_object_get(json, "message"));
	CU_ASSERT_PTR_NULL(json_object_get(json, "encoding"));
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(usage, "wall_ms")), 12.345);
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(usage, "cpu_ms")), 0.007);
	CU_ASSERT_EQUAL(
	    json_integer_value(json_object_get(usage, "memory_kb")), 9216);
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(timing, "queue")), 0.1);
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(timing, "lease")), 0.1);
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(timing, "thaw")), 0.05);
	CU_ASSERT_EQUAL(json_number_value(json_object_get(timing, "run")), 1.2);
	CU_ASSERT_EQUAL(
	    json_number_value(json_object_get(timing, "total")), 1.5);
	CU_ASSERT(json_is_false(json_object_get(timing, "warm")));
	json_decref(json);
}

static void
response_says_whether_the_container_was_used_before(void)
{
	struct run_result result = plain;
	json_t *json;

	result.recycled = true;
	json = answer(&result, 1500);
	CU_ASSERT(json_is_true(json_object_get(json, "recycled")));
	json_decref(json);
}

static void
response_never_queues_less_than_nothing(void)
{
	json_t *json = answer(&plain, 1000);

	CU_ASSERT_EQUAL(json_number_value(json_object_get(
			    json_object_get(json, "timing"), "queue")),
	    0.0);
	json_decref(json);
}

static void
response_tells_how_it_ended(void)
{
	struct run_result result = plain;
	json_t *json;

	result.status = RUN_SIGNAL;
	result.has_exit_code = false;
	result.signal = SIGSEGV;
	strcpy(result.detail, "it said \"no\"");
	json = answer(&result, 1500);
	CU_ASSERT(is_text(json, "status", "signal"));
	CU_ASSERT(is_text(json, "signal", "SIGSEGV"));
	CU_ASSERT(json_is_null(json_object_get(json, "exit_code")));
	CU_ASSERT(is_text(json, "message", "it said \"no\""));
	json_decref(json);
}

static void
response_keeps_the_order_in_which_was_written(void)
{
	static const struct segment segments[] = {
		SEGMENT(RUN_STDOUT, "one\n"),
		SEGMENT(RUN_STDERR, "two\n"),
		SEGMENT(RUN_STDOUT, "three\n"),
	};
	json_t *json = answer_output(segments, nitems(segments), 0);

	CU_ASSERT(is_text(json, "output", "one\ntwo\nthree"));
	CU_ASSERT(is_text(json, "stdout", "one\nthree\n"));
	CU_ASSERT(is_text(json, "stderr", "two\n"));
	json_decref(json);
}

static void
response_removes_one_newline_from_output_alone(void)
{
	static const struct segment segments[] = { SEGMENT(
	    RUN_STDOUT, "4\n\n") };
	json_t *json = answer_output(segments, 1, 0);

	CU_ASSERT(is_text(json, "output", "4\n"));
	CU_ASSERT(is_text(json, "stdout", "4\n\n"));
	json_decref(json);
}

static void
response_of_one_stream_is_the_same_as_its_output(void)
{
	static const struct {
		struct segment segment;
		const char *output, *text;
	} cases[] = {
		{ SEGMENT(RUN_STDOUT, ""), "", "" },
		{ SEGMENT(RUN_STDOUT, "\n"), "", "\n" },
		{ SEGMENT(RUN_STDOUT, "a\"\x01\n"), "a\"\x01", "a\"\x01\n" },
		{ SEGMENT(RUN_STDERR, "\xe2\x82\xac"), "\xe2\x82\xac",
		    "\xe2\x82\xac" },
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		bool out = cases[i].segment.stream == RUN_STDOUT;
		json_t *json = answer_output(&cases[i].segment, 1, 0);

		CU_ASSERT(is_text(json, "output", cases[i].output));
		CU_ASSERT(is_text(json, "stdout", out ? cases[i].text : ""));
		CU_ASSERT(is_text(json, "stderr", out ? "" : cases[i].text));
		json_decref(json);
	}
}

static void
response_has_bytes_that_are_no_text_as_base64(void)
{
	static const struct segment segments[] = {
		SEGMENT(RUN_STDOUT, "\xff\n"),
		SEGMENT(RUN_STDERR, "fine\n"),
	};
	json_t *json = answer_output(segments, nitems(segments), 0);

	CU_ASSERT(is_text(json, "output", "\xef\xbf\xbd\nfine"));
	CU_ASSERT(is_text(json, "stdout", "/wo="));
	CU_ASSERT(is_text(json, "stderr", "fine\n"));
	CU_ASSERT_STRING_EQUAL(encoding_of(json, "stdout"), "base64");
	CU_ASSERT_STRING_EQUAL(encoding_of(json, "stderr"), "");
	json_decref(json);
}

static void
response_joins_a_character_that_was_written_in_two(void)
{
	static const struct segment segments[] = {
		SEGMENT(RUN_STDOUT, "\xe2\x82"),
		SEGMENT(RUN_STDERR, "!"),
		SEGMENT(RUN_STDOUT, "\xac"),
	};
	json_t *json = answer_output(segments, nitems(segments), 0);

	CU_ASSERT(is_text(json, "stdout", "\xe2\x82\xac"));
	CU_ASSERT_PTR_NULL(json_object_get(json, "encoding"));
	json_decref(json);
}

static void
response_drops_a_character_that_the_limit_cut(void)
{
	static const struct segment segments[] = {
		SEGMENT(RUN_STDOUT, "abc\xf0\x9f"),
		SEGMENT(RUN_STDERR, "x\xc3"),
	};
	json_t *json = answer_output(
	    segments, nitems(segments), FRAME_CUT_STDOUT);

	CU_ASSERT(is_text(json, "stdout", "abc"));
	CU_ASSERT(is_text(json, "output", "abcx\xef\xbf\xbd"));
	/* Not cut: those bytes are what the program wrote. */
	CU_ASSERT(is_text(json, "stderr", "eMM="));
	CU_ASSERT(json_is_true(json_object_get(json, "truncated")));
	json_decref(json);
}

static void
response_of_cut_bytes_that_are_no_text_is_exact(void)
{
	static const struct segment segments[] = { SEGMENT(
	    RUN_STDOUT, "\xff\xc3") };
	json_t *json = answer_output(segments, 1, FRAME_CUT_STDOUT);

	CU_ASSERT(is_text(json, "stdout", "/8M="));
	CU_ASSERT_STRING_EQUAL(encoding_of(json, "stdout"), "base64");
	json_decref(json);
}

static void
response_keeps_nul_and_terminal_escapes_as_text(void)
{
	static const struct segment segments[] = { SEGMENT(
	    RUN_STDOUT, "a\0b\x1b[31m</script>") };
	json_t *json = answer_output(segments, 1, 0);
	const json_t *text = json_object_get(json, "stdout");

	CU_ASSERT_EQUAL(json_string_length(text), segments[0].n);
	CU_ASSERT(memcmp(json_string_value(text), segments[0].bytes,
		      segments[0].n) == 0);
	json_decref(json);
}

static void
response_refuses_every_truncated_output(void)
{
	struct run_result result = plain;
	struct output_log log;

	output_log_init(&log, 1 << 20);
	output_log_add(&log, RUN_STDOUT, "out", 3);
	output_log_add(&log, RUN_STDERR, "error", 5);
	for (size_t n = 1; n < log.bytes.len; n++) {
		json_t *json;

		result.output = log.bytes.data;
		result.output_len = n;
		json = answer(&result, 1500);
		/* After the first whole segment it is a whole output. */
		CU_ASSERT((json != NULL) == (n == 8));
		json_decref(json);
	}
	output_log_fini(&log);
}

void
add_web_response_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(response_has_every_field_of_the_design),
		TEST_ROW(response_says_whether_the_container_was_used_before),
		TEST_ROW(response_never_queues_less_than_nothing),
		TEST_ROW(response_tells_how_it_ended),
		TEST_ROW(response_keeps_the_order_in_which_was_written),
		TEST_ROW(response_removes_one_newline_from_output_alone),
		TEST_ROW(response_of_one_stream_is_the_same_as_its_output),
		TEST_ROW(response_has_bytes_that_are_no_text_as_base64),
		TEST_ROW(response_joins_a_character_that_was_written_in_two),
		TEST_ROW(response_drops_a_character_that_the_limit_cut),
		TEST_ROW(response_of_cut_bytes_that_are_no_text_is_exact),
		TEST_ROW(response_keeps_nul_and_terminal_escapes_as_text),
		TEST_ROW(response_refuses_every_truncated_output),
	};

	suite_add("web_response", rows, nitems(rows));
}
