/*
 * tests/unit/test_apparmor.c -- the choice of a profile, pool/apparmor.c.
 */
#include "common/auto.h"
#include "pool/apparmor.h"
#include "tests/unit/suites.h"

#define LISTED \
	"man_groff (enforce)\nsafe-code-executor (enforce)\nnc (complain)\n"

static void
apparmor_finds_a_loaded_profile(void)
{
	CU_ASSERT_TRUE(apparmor_lists(LISTED, "safe-code-executor"));
	CU_ASSERT_TRUE(apparmor_lists(LISTED, "man_groff"));
	CU_ASSERT_TRUE(apparmor_lists("nc (complain)", "nc"));
}

static void
apparmor_takes_no_other_for_it(void)
{
	CU_ASSERT_FALSE(apparmor_lists(LISTED, "safe-code"));
	CU_ASSERT_FALSE(apparmor_lists(LISTED, "code-executor"));
	CU_ASSERT_FALSE(apparmor_lists(LISTED, "executor (enforce)"));
	CU_ASSERT_FALSE(apparmor_lists("", "nc"));
	CU_ASSERT_FALSE(apparmor_lists("nc", "nc"));
}

static void
apparmor_names_none_when_none_is_wanted(void)
{
	CU_ASSERT_PTR_NULL(apparmor_choose(""));
}

/* On no machine is this one loaded. */
static void
apparmor_names_none_that_is_not_loaded(void)
{
	CU_ASSERT_PTR_NULL(apparmor_choose("no such profile"));
}

void
add_apparmor_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(apparmor_finds_a_loaded_profile),
		TEST_ROW(apparmor_takes_no_other_for_it),
		TEST_ROW(apparmor_names_none_when_none_is_wanted),
		TEST_ROW(apparmor_names_none_that_is_not_loaded),
	};

	suite_add("apparmor", tests, nitems(tests));
}
