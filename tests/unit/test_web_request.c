/*
 * tests/unit/test_web_request.c -- from the JSON of POST /run to a RUN
 * message, web/request.c and its neighbours.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/order.h"
#include "tests/unit/suites.h"
#include "web/request.h"

static const char languages_json[] =
    "[{\"name\":\"bash\",\"title\":\"Bash\",\"version\":\"5\",\"aliases\":"
    "[\"sh\"],\"extension\":\"sh\",\"main\":\"main.sh\",\"image\":\"i\","
    "\"example\":\"e\",\"run\":[\"/bin/bash\",\"main.sh\"]},"
    "{\"name\":\"python\",\"title\":\"Python\",\"version\":\"3\",\"aliases\":"
    "[\"py\"],\"extension\":\"py\",\"main\":\"main.py\",\"image\":\"i\","
    "\"example\":\"e\",\"run\":[\"/usr/bin/python3\",\"main.py\"]}]";

static struct settings settings;
static struct languages languages;

static int
set_up(void)
{
	struct err e;

	settings_defaults(&settings);
	return languages_from_json(
	    &languages, languages_json, sizeof languages_json - 1, &e);
}

static int
tear_down(void)
{
	languages_free(&languages);
	return 0;
}

static int
ask_bytes(const void *json, size_t n, struct run_request *ret, struct fault *f)
{
	return request_read(json, n, &settings, &languages, ret, f);
}

static void
expect_fault(const char *json, unsigned status, const char *words)
{
	struct run_request r;
	struct fault f = { 0 };

	CU_ASSERT_EQUAL(ask_bytes(json, strlen(json), &r, &f), -1);
	CU_ASSERT_EQUAL(f.status, status);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.message, words));
	if (strstr(f.message, words) == NULL)
		printf("\n    %s\n    -> %s\n", json, f.message);
}

/* The same for what stands in for %s in {"code":"x",%s}. */
static void
expect_refused(const char *rest, const char *words)
{
	char json[4096];

	snprintf(json, sizeof json, "{\"code\":\"x\",%s}", rest);
	expect_fault(json, 400, words);
}

static struct run_request
expect_taken(const char *json)
{
	struct run_request r = { 0 };
	struct fault f = { 0 };
	int result = ask_bytes(json, strlen(json), &r, &f);

	CU_ASSERT_EQUAL(result, 0);
	if (result < 0)
		printf("\n    %s\n    -> %s\n", json, f.message);
	return r;
}

/* ---- the message ------------------------------------------------------ */

static void
expect_block(struct msgbuf *m, const char *bytes, size_t n)
{
	size_t have;
	const void *p = msgbuf_get_block(m, &have);

	CU_ASSERT(have == n && p != NULL && memcmp(p, bytes, n) == 0);
}

#define EXPECT_BLOCK(m, literal) expect_block(m, literal, sizeof(literal) - 1)

static void
request_becomes_the_message_that_a_worker_reads(void)
{
	struct run_request r = expect_taken(
	    "{\"code\":\"c\\u0000d\","
	    "\"language\":\"py\",\"stdin\":\"in\",\"args\":[\"a\",\"\"],"
	    "\"files\":[{\"name\":\"d/f\",\"content\":\"AP8=\","
	    "\"encoding\":\"base64\"},{\"name\":\"g\",\"content\":\"text\"}],"
	    "\"limits\":{\"wall_ms\":1,\"memory_mb\":16}}");
	struct run_order order = { 0 };
	struct msgbuf m;

	msgbuf_view(&m, r.message.data, r.message.len);
	CU_ASSERT_EQUAL(run_order_get(&m, &order), 0);
	CU_ASSERT_EQUAL(order.language, 1);
	CU_ASSERT_EQUAL(order.limits.wall_ms, 1);
	CU_ASSERT_EQUAL(order.limits.cpu_ms, settings.run_cpu_ms);
	CU_ASSERT_EQUAL(order.limits.memory_mb, 16);
	msgbuf_view(&m, order.program, order.program_len);
	CU_ASSERT_EQUAL(msgbuf_get_u16(&m), 4);
	EXPECT_BLOCK(&m, "/usr/bin/python3");
	EXPECT_BLOCK(&m, "main.py");
	EXPECT_BLOCK(&m, "a");
	EXPECT_BLOCK(&m, "");
	CU_ASSERT_EQUAL(msgbuf_get_u16(&m), 8);
	EXPECT_BLOCK(&m, "PATH=/usr/local/bin:/usr/bin:/bin");
	for (unsigned i = 1; i < 8; i++) {
		size_t n;

		msgbuf_get_block(&m, &n);
	}
	CU_ASSERT_EQUAL(msgbuf_get_u16(&m), 3);
	EXPECT_BLOCK(&m, "main.py");
	EXPECT_BLOCK(&m, "c\0d");
	EXPECT_BLOCK(&m, "d/f");
	EXPECT_BLOCK(&m, "\0\xff");
	EXPECT_BLOCK(&m, "g");
	EXPECT_BLOCK(&m, "text");
	EXPECT_BLOCK(&m, "in");
	CU_ASSERT(msgbuf_done(&m));
	msgbuf_fini(&r.message);
}

static void
request_needs_nothing_but_code(void)
{
	struct run_request r = expect_taken("{\"code\":\"\"}");

	CU_ASSERT_EQUAL(r.language, 1); /* python */
	CU_ASSERT_EQUAL(r.limits.wall_ms, settings.run_wall_ms);
	CU_ASSERT_EQUAL(r.limits.output_kb, settings.run_output_kb);
	CU_ASSERT_EQUAL(r.code_bytes, 0);
	msgbuf_fini(&r.message);
}

/* ---- refusals --------------------------------------------------------- */

static void
request_is_fresh_only_when_it_says_so(void)
{
	static const struct {
		const char *json;
		bool fresh;
	} cases[] = {
		{ "{\"code\":\"x\"}", false },
		{ "{\"code\":\"x\",\"fresh\":false}", false },
		{ "{\"code\":\"x\",\"fresh\":true}", true },
	};
	static const char *const wrong[] = { "1", "0", "null", "\"true\"", "[]",
		"{}", "1.0" };

	for (size_t i = 0; i < nitems(cases); i++) {
		struct run_request r = expect_taken(cases[i].json);
		struct run_order order = { 0 };
		struct msgbuf m;

		msgbuf_view(&m, r.message.data, r.message.len);
		CU_ASSERT_EQUAL(run_order_get(&m, &order), 0);
		CU_ASSERT_EQUAL(order.fresh, cases[i].fresh);
		msgbuf_fini(&r.message);
	}
	for (size_t i = 0; i < nitems(wrong); i++) {
		char rest[40];

		snprintf(rest, sizeof rest, "\"fresh\":%s", wrong[i]);
		expect_refused(rest, "fresh is ");
		expect_refused(rest, "expected true or false");
	}
}

static void
request_says_where_its_json_is_wrong(void)
{
	expect_fault("", 400, "empty");
	expect_fault("{\n\"code\": }", 400, "line 2, column");
	expect_fault("{\"code\":\"a\",\"code\":\"b\"}", 400, "duplicate");
	expect_fault("{\"code\":\"a\"} x", 400, "end of file");
	expect_fault("\xff", 400, "line 1");
	expect_fault("{\"code\":\"\\ud800\"}", 400, "line 1");
	expect_fault("{\"code\":\"\xed\xa0\x80\"}", 400, "line 1");
	expect_fault("{\"code\":NaN}", 400, "line 1");
	expect_fault("[1]", 400, "the body is an array, expected an object");
	expect_fault("\"x\"", 400, "the body is the string \"x\"");
	expect_fault("null", 400, "the body is null");
}

static void
request_names_the_field_that_is_wrong(void)
{
	expect_fault("{}", 400, "code is missing");
	expect_fault("{\"code\":null}", 400, "code is null");
	expect_fault("{\"code\":[\"x\"]}", 400, "code is an array");
	expect_refused("\"stdin\":1", "stdin is 1, expected a string");
	expect_refused("\"language\":false", "language is false");
	expect_refused("\"args\":\"a\"", "args is the string \"a\"");
	expect_refused("\"args\":[\"a\",2]", "args[1] is 2");
	expect_refused("\"args\":[\"a\\u0000b\"]", "args[0]");
	expect_refused("\"files\":{}", "files is an object");
	expect_refused("\"files\":[3]", "files[0] is 3");
	expect_refused(
	    "\"files\":[{\"content\":\"\"}]", "files[0].name is missing");
	expect_refused(
	    "\"files\":[{\"name\":\"a\"}]", "files[0].content is missing");
	expect_refused("\"limits\":[]", "limits is an array");
}

static void
request_refuses_every_unknown_field_by_name(void)
{
	expect_refused("\"timeout\":1",
	    "timeout is not a known field, expected only code, language");
	expect_refused("\"limits\":{\"wall\":1}",
	    "limits.wall is not a known field, expected only wall_ms");
	expect_refused("\"files\":[{\"name\":\"a\",\"content\":\"\","
		       "\"mode\":7}]",
	    "files[0].mode is not a known field, expected only name");
	expect_refused("\"__proto__\":{}", "__proto__ is not a known field");
	expect_refused("\"code\\u0000\":1", "NUL byte");
	expect_refused("\"\":1", "is not a known field");
}

static void
request_refuses_a_limit_that_is_no_limit(void)
{
	static const char *const values[] = { "0", "-1", "1.5", "1e3", "1.0",
		"1e308", "\"100\"", "true", "null", "[]", "60001", "4294967296",
		"9223372036854775807" };
	char rest[80];

	for (size_t i = 0; i < nitems(values); i++) {
		snprintf(rest, sizeof rest, "\"limits\":{\"wall_ms\":%s}",
		    values[i]);
		expect_refused(rest, "expected a whole number from 1 to 60000");
	}
	expect_refused("\"limits\":{\"memory_mb\":15}", "from 16 to 1024");
	expect_refused("\"limits\":{\"processes\":257}", "from 1 to 256");
	expect_fault("{\"code\":\"x\",\"limits\":{\"wall_ms\":"
		     "99999999999999999999}}",
	    400, "too big");
}

static void
request_refuses_a_language_that_is_not_there(void)
{
	static const char *const names[] = { "constructor", "", "Python",
		"python\\u0000", "../python", "__proto__" };
	char json[80];

	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(json, sizeof json,
		    "{\"code\":\"x\",\"language\":\"%s\"}", names[i]);
		expect_fault(json, 422, "expected one of: bash, python");
	}
}

static void
request_bounds_code_and_arguments(void)
{
	struct run_request r;
	struct fault f;
	struct msgbuf m;

	settings.http_code_kb = 1;
	msgbuf_init(&m, 1 << 20);
	msgbuf_put_raw(&m, "{\"code\":\"", 9);
	memset(msgbuf_reserve(&m, 200000), 'x', 200000);
	m.len += 1025;
	msgbuf_put_raw(&m, "\"}", 2);
	CU_ASSERT_EQUAL(ask_bytes(m.data, m.len, &r, &f), -1);
	CU_ASSERT_EQUAL(f.status, 413);
	settings_defaults(&settings);

	msgbuf_reset(&m);
	msgbuf_put_raw(&m, "{\"code\":\"\",\"args\":[\"", 20);
	memset(msgbuf_reserve(&m, 200000), 'x', 200000);
	m.len += 128 * 1024;
	msgbuf_put_raw(&m, "\"]}", 3);
	CU_ASSERT_EQUAL(ask_bytes(m.data, m.len, &r, &f), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.message, "less than 128 KiB"));
	msgbuf_fini(&m);
}

static void
request_bounds_the_number_of_files_and_arguments(void)
{
	struct msgbuf m;

	msgbuf_init(&m, 1 << 20);
	msgbuf_put_raw(&m, "{\"code\":\"\",\"args\":[\"\"", 21);
	for (unsigned i = 1; i < 257; i++)
		msgbuf_put_raw(&m, ",\"\"", 3);
	msgbuf_put_raw(&m, "]}", 3);
	expect_fault((char *)m.data, 400, "at most 256 strings");
	msgbuf_reset(&m);
	msgbuf_put_raw(&m, "{\"code\":\"\",\"files\":[{}", 22);
	for (unsigned i = 1; i < 101; i++)
		msgbuf_put_raw(&m, ",{}", 3);
	msgbuf_put_raw(&m, "]}", 3);
	expect_fault((char *)m.data, 400, "at most 100 objects");
	msgbuf_fini(&m);
}

static void
request_refuses_a_shape_that_would_eat_memory(void)
{
	char *json = malloc(100000);

	memset(json, '[', 99999);
	json[99999] = '\0';
	expect_fault(json, 400, "nested deeper");
	for (size_t i = 0; i < 99998; i += 2)
		memcpy(json + i, "1,", 2);
	json[0] = '[';
	expect_fault(json, 400, "more than 4096 values");
	free(json);
	/* Inside of a string they are only text. */
	expect_fault("{\"code\":1,\"x\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[\"}", 400,
	    "code is 1");
}

/* ---- files ------------------------------------------------------------ */

static void
expect_name(const char *name, bool taken)
{
	const char *fault = request_name_fault(name, strlen(name));

	CU_ASSERT_EQUAL(fault == NULL, taken);
}

static void
request_takes_names_that_lead_downwards(void)
{
	expect_name("a", true);
	expect_name("a/b.txt", true);
	expect_name(".hidden", true);
	expect_name("..a/b..", true);
	expect_name("back\\slash and space", true);
	expect_name("caf\xc3\xa9", true);
}

static void
request_refuses_names_that_lead_elsewhere(void)
{
	char name[1100];

	expect_name("", false);
	expect_name("/etc/passwd", false);
	expect_name("a/", false);
	expect_name("a//b", false);
	expect_name(".", false);
	expect_name("..", false);
	expect_name("../a", false);
	expect_name("a/../b", false);
	expect_name("a/./b", false);
	expect_name("a/..", false);
	expect_name("new\nline", false);
	expect_name("del\x7f", false);
	CU_ASSERT_PTR_NOT_NULL(request_name_fault("a\0b", 3));
	memset(name, 'x', sizeof name);
	CU_ASSERT_PTR_NULL(request_name_fault(name, 255));
	CU_ASSERT_PTR_NOT_NULL(request_name_fault(name, 256));
	for (size_t i = 100; i < sizeof name; i += 100)
		name[i] = '/';
	CU_ASSERT_PTR_NULL(request_name_fault(name, 1024));
	CU_ASSERT_PTR_NOT_NULL(request_name_fault(name, 1025));
}

static void
expect_files(const char *one, const char *two, const char *words)
{
	char rest[300];

	snprintf(rest, sizeof rest,
	    "\"files\":[{\"name\":\"%s\",\"content\":\"\"},"
	    "{\"name\":\"%s\",\"content\":\"\"}]",
	    one, two);
	expect_refused(rest, words);
}

static void
request_refuses_two_files_in_one_place(void)
{
	struct run_request r;

	expect_files("a", "a", "files[1].name");
	expect_files("a", "a/b", "files[1].name");
	expect_files("a/b/c", "a/b", "files[1].name");
	expect_files("main.py", "a", "files[0].name is \"main.py\"");
	expect_files("a", "main.py/b", "files[1].name is \"main.py/b\"");
	r = expect_taken(
	    "{\"code\":\"\",\"files\":[{\"name\":\"a/b\",\"content\":\"\"},"
	    "{\"name\":\"a/c\",\"content\":\"\"},{\"name\":\"ab\","
	    "\"content\":\"\"},{\"name\":\"main.sh\",\"content\":\"\"}]}");
	msgbuf_fini(&r.message);
}

static void
request_refuses_what_is_not_base64(void)
{
	expect_refused("\"files\":[{\"name\":\"a\",\"content\":\"Zg\","
		       "\"encoding\":\"base64\"}]",
	    "files[0].content");
	expect_refused("\"files\":[{\"name\":\"a\",\"content\":\"Zg==\","
		       "\"encoding\":\"hex\"}]",
	    "files[0].encoding is the string \"hex\"");
	expect_refused("\"files\":[{\"name\":\"a\",\"content\":\"Zg==\","
		       "\"encoding\":null}]",
	    "files[0].encoding is null");
}

/* ---- every byte ------------------------------------------------------- */

static const char whole[] =
    "{\"code\":\"print(1)\",\"language\":\"sh\",\"stdin\":\"\\u00e9\","
    "\"args\":[\"x\"],\"files\":[{\"name\":\"a/b\",\"content\":\"Zg==\","
    "\"encoding\":\"base64\"}],\"limits\":{\"wall_ms\":100}}";

static void
request_refuses_every_truncation(void)
{
	struct run_request r;
	struct fault f;

	for (size_t n = 0; n < sizeof whole - 1; n++) {
		char *copy = malloc(n + 1); /* its end is where it ends */

		memcpy(copy, whole, n);
		CU_ASSERT_EQUAL(ask_bytes(copy, n, &r, &f), -1);
		CU_ASSERT_EQUAL(f.status, 400);
		free(copy);
	}
	r = expect_taken(whole);
	msgbuf_fini(&r.message);
}

static void
request_survives_every_changed_byte(void)
{
	char copy[sizeof whole];

	for (size_t i = 0; i < sizeof whole - 1; i++)
		for (unsigned byte = 0; byte < 256; byte++) {
			struct run_request r = { 0 };
			struct fault f = { 0 };

			memcpy(copy, whole, sizeof whole);
			copy[i] = (char)byte;
			if (ask_bytes(copy, sizeof whole - 1, &r, &f) == 0)
				msgbuf_fini(&r.message);
			else
				CU_ASSERT(f.status >= 400 && f.status < 500);
		}
}

void
add_web_request_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(request_becomes_the_message_that_a_worker_reads),
		TEST_ROW(request_needs_nothing_but_code),
		TEST_ROW(request_is_fresh_only_when_it_says_so),
		TEST_ROW(request_says_where_its_json_is_wrong),
		TEST_ROW(request_names_the_field_that_is_wrong),
		TEST_ROW(request_refuses_every_unknown_field_by_name),
		TEST_ROW(request_refuses_a_limit_that_is_no_limit),
		TEST_ROW(request_refuses_a_language_that_is_not_there),
		TEST_ROW(request_bounds_code_and_arguments),
		TEST_ROW(request_bounds_the_number_of_files_and_arguments),
		TEST_ROW(request_refuses_a_shape_that_would_eat_memory),
		TEST_ROW(request_takes_names_that_lead_downwards),
		TEST_ROW(request_refuses_names_that_lead_elsewhere),
		TEST_ROW(request_refuses_two_files_in_one_place),
		TEST_ROW(request_refuses_what_is_not_base64),
		TEST_ROW(request_refuses_every_truncation),
		TEST_ROW(request_survives_every_changed_byte),
	};
	CU_pSuite suite = CU_add_suite("web_request", set_up, tear_down);

	for (size_t i = 0; i < nitems(rows); i++)
		CU_add_test(suite, rows[i].name, rows[i].test);
}
