/*
 * tests/unit/test_facts.c -- what the engine says of itself, pool/facts.c.
 */
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "pool/facts.h"
#include "tests/unit/suites.h"

static void
what_is_not_as_expected_is_null(void)
{
	auto_json json_t *facts = json_object();
	auto_json json_t *version = json_pack("{s:i, s:[s, {s:[]}, n], s:s}",
	    "Version", 7, "Components", "x", "Name", "ApiVersion", "");
	auto_json json_t *info = json_pack(
	    "{s:s, s:[i, s]}", "SecurityOptions", "x", "Warnings", 1, "y");
	const json_t *components;

	facts_take_version(facts, version);
	facts_take_info(facts, info);
	CU_ASSERT(json_is_null(json_object_get(facts, "version")));
	CU_ASSERT(json_is_null(json_object_get(facts, "api_version")));
	CU_ASSERT(json_is_null(json_object_get(facts, "cgroup_version")));
	components = json_object_get(facts, "components");
	CU_ASSERT_EQUAL(json_array_size(components), 3);
	CU_ASSERT(json_is_null(
	    json_object_get(json_array_get(components, 1), "name")));
	CU_ASSERT_EQUAL(
	    json_array_size(json_object_get(facts, "security_options")), 0);
}

static void
there_is_an_end_to_what_is_kept(void)
{
	auto_json json_t *facts = json_object();
	auto_json json_t *said = json_pack("{s:[]}", "Components");
	json_t *all = json_object_get(said, "Components");
	char text[400];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (int i = 0; i < 1000; i++)
		json_array_append_new(all, json_pack("{s:s}", "Name", text));
	facts_take_version(facts, said);
	all = json_object_get(facts, "components");
	CU_ASSERT(json_array_size(all) < 100);
	CU_ASSERT(
	    json_is_null(json_object_get(json_array_get(all, 0), "name")));
}

void
add_facts_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(what_is_not_as_expected_is_null),
		TEST_ROW(there_is_an_end_to_what_is_kept),
	};

	suite_add("facts", rows, nitems(rows));
}
