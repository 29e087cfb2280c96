/*
 * tests/unit/test_web_attacks.c -- the catalog of attacks, as the self-test
 * reads it, web/attacks.c.
 */
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "tests/unit/suites.h"
#include "web/attacks.h"
#include "web/request.h"

static const char good[] =
    "[{\"name\":\"a_1\",\"language\":\"python\",\"title\":\"t\",\"tries\":"
    "\"t\","
    "\"wall\":\"seccomp\",\"rule\":[\"mount\"],\"without\":\"w\","
    "\"expect\":[\"ok\",\"timeout\"],\"limits\":{\"wall_ms\":300},"
    "\"stdin\":\"in\",\"runs\":[\"plant\",\"look\"],\"together\":[],"
    "\"code\":\"print(1)\"},"
    "{\"name\":\"b\",\"language\":\"c\",\"title\":\"t\",\"tries\":\"t\","
    "\"wall\":\"mount\",\"rule\":[],\"without\":\"w\",\"expect\":[\"ok\"],"
    "\"limits\":{},\"stdin\":\"\",\"runs\":[],\"together\":[\"x\",\"y\"],"
    "\"code\":\"int main\"}]";

static int
parse(struct attacks *attacks, const char *json, size_t n, struct err *e)
{
	return attacks_read(attacks, json, n,
	    "\x7f"
	    "ELF",
	    4, e);
}

static void
a_catalog_is_read(void)
{
	struct attacks attacks;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(parse(&attacks, good, sizeof good - 1, &e), 0);
	CU_ASSERT_EQUAL(attacks.n, 2);
	CU_ASSERT_STRING_EQUAL(attacks.all[0].name, "a_1");
	CU_ASSERT_STRING_EQUAL(attacks.all[0].wall, "seccomp");
	CU_ASSERT_EQUAL(
	    attacks.all[0].expect, 1u << RUN_OK | 1u << RUN_TIMEOUT);
	CU_ASSERT_EQUAL(attacks.all[0].nruns, 2);
	CU_ASSERT_FALSE(attacks.all[0].together);
	CU_ASSERT_FALSE(attacks.all[0].is_c);
	CU_ASSERT_STRING_EQUAL(attacks.all[1].language, "bash");
	CU_ASSERT_TRUE(attacks.all[1].is_c);
	CU_ASSERT_TRUE(attacks.all[1].together);
	CU_ASSERT_EQUAL(attacks.all[1].nruns, 2);
	attacks_free(&attacks);
	attacks_free(&attacks);
}

static void
every_truncation_is_refused(void)
{
	struct attacks attacks = { .n = 77 };
	struct err e;

	for (size_t n = 0; n < sizeof good - 1; n++) {
		e.text[0] = '\0';
		CU_ASSERT_EQUAL(parse(&attacks, good, n, &e), -1);
		CU_ASSERT(strlen(e.text) > 10);
		CU_ASSERT_EQUAL(attacks.n, 77);
	}
}

/* The good catalog with a part of its text replaced. */
static void
expect_wrong(const char *part, const char *by, const char *words)
{
	struct attacks attacks;
	char json[2000];
	const char *at = strstr(good, part);
	struct err e = { .text = "" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	snprintf(json, sizeof json, "%.*s%s%s", (int)(at - good), good, by,
	    at + strlen(part));
	CU_ASSERT_EQUAL(parse(&attacks, json, strlen(json), &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, words));
	if (strstr(e.text, words) == NULL)
		printf("\n    %s -> %s\n", by, e.text);
}

static void
what_is_wrong_is_named(void)
{
	expect_wrong("\"name\":\"a_1\"", "\"name\":1", "attack 0: name");
	expect_wrong("a_1", "a; rm", "attack 0: name");
	expect_wrong("a_1", "", "attack 0: name");
	expect_wrong("\"code\":\"print(1)\"", "\"kode\":\"\"", "code");
	expect_wrong("[\"ok\",\"timeout\"]", "[]", "expect");
	expect_wrong("[\"ok\",\"timeout\"]", "\"ok\"", "expect");
	expect_wrong("\"timeout\"", "\"late\"", "expect");
	expect_wrong("\"timeout\"", "3", "expect");
	expect_wrong("{\"wall_ms\":300}", "[]", "limits");
	expect_wrong("300", "\"300\"", "limits");
	expect_wrong("[\"plant\",\"look\"]", "{}", "runs");
	expect_wrong("\"plant\"", "null", "runs");
	expect_wrong("\"plant\"",
	    "\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
	    "\"8\"",
	    "runs");
	expect_wrong("\"together\":[]", "\"together\":[\"x\"]", "together");
	expect_wrong("},{", "},7,{", "attack 1");
	expect_wrong("[{", "{\"x\":[{", "catalog");
}

/* As POST /run would take it. */
static int
check_order(const struct attacks *attacks, const struct attack *a, size_t i)
{
	static const char languages_json[] =
	    "[{\"name\":\"bash\",\"title\":\"B\",\"version\":\"5\",\"aliases\":"
	    "[],\"extension\":\"sh\",\"main\":\"main.sh\",\"image\":\"i\","
	    "\"example\":\"e\",\"run\":[\"/bin/bash\",\"main.sh\"]},"
	    "{\"name\":\"python\",\"title\":\"P\",\"version\":\"3\","
	    "\"aliases\":[],\"extension\":\"py\",\"main\":\"main.py\","
	    "\"image\":\"i\",\"example\":\"e\",\"run\":[\"/p\"]}]";
	static struct settings settings;
	struct languages languages;
	auto_json json_t *order = NULL;
	struct run_request request;
	struct fault f = { .message = "" };
	struct err e;
	int result;

	settings_defaults(&settings);
	if (languages_from_json(
		&languages, languages_json, sizeof languages_json - 1, &e) < 0)
		return -1;
	order = attack_order(attacks, a, i, &settings);
	result = request_from_json(order, &settings, &languages, &request, &f);
	if (result == 0)
		msgbuf_fini(&request.message);
	else
		printf("\n    %s: %s\n", a->name, f.message);
	languages_free(&languages);
	return result;
}

static void
our_own_catalog_is_right(void)
{
	struct attacks attacks;
	struct err e = { .text = "" };

	CU_ASSERT_EQUAL_FATAL(attacks_load(&attacks, &e), 0);
	CU_ASSERT(attacks.n >= 80);
	for (size_t i = 0; i < attacks.n; i++)
		CU_ASSERT_EQUAL(check_order(&attacks, &attacks.all[i],
				    attacks.all[i].nruns - 1),
		    0);
	attacks_free(&attacks);
}

static json_int_t
limit(const json_t *order, const char *name)
{
	return json_integer_value(
	    json_object_get(json_object_get(order, "limits"), name));
}

static void
limits_are_the_suites_within_the_services(void)
{
	auto_json json_t *order = NULL;
	static struct settings s;
	struct attacks attacks;
	struct err e;

	settings_defaults(&s);
	s.run_wall_ms = 1;
	s.run_wall_ms_max = 200;
	s.run_memory_mb = 16;
	CU_ASSERT_EQUAL_FATAL(parse(&attacks, good, sizeof good - 1, &e), 0);
	order = attack_order(&attacks, &attacks.all[0], 1, &s);
	CU_ASSERT_EQUAL(limit(order, "wall_ms"), 200);
	CU_ASSERT_EQUAL(limit(order, "memory_mb"), 256);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(
				   json_object_get(order, "args"), 0)),
	    "look");
	attacks_free(&attacks);
}

void
add_web_attacks_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(a_catalog_is_read),
		TEST_ROW(every_truncation_is_refused),
		TEST_ROW(what_is_wrong_is_named),
		TEST_ROW(our_own_catalog_is_right),
		TEST_ROW(limits_are_the_suites_within_the_services),
	};

	suite_add("web_attacks", rows, nitems(rows));
}
