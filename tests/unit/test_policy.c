/*
 * tests/unit/test_policy.c -- how many containers, pool/policy.c.
 */
#include "common/auto.h"
#include "pool/policy.h"
#include "tests/unit/suites.h"

static void
policy_creates_what_is_missing_within_its_limits(void)
{
	static const struct {
		struct pool_level level; /* idle creating total waiting
					    idle_wanted total_max */
		uint32_t room, wanted;
	} cases[] = {
		{ { 0, 0, 0, 0, 4, 16 }, 64, 4 },
		{ { 4, 0, 4, 0, 4, 16 }, 64, 0 },
		{ { 1, 2, 3, 0, 4, 16 }, 64, 1 },
		{ { 0, 0, 0, 0, 4, 16 }, 3, 3 }, /* pool_parallel */
		{ { 0, 0, 0, 0, 4, 16 }, 0, 0 },
		{ { 0, 0, 14, 0, 4, 16 }, 64, 2 }, /* pool_total */
		{ { 0, 0, 16, 0, 4, 16 }, 64, 0 },
		{ { 0, 0, 17, 0, 4, 16 }, 64, 0 },
		{ { 0, 0, 4, 3, 4, 16 }, 64, 7 }, /* who waits, and then idle */
		{ { 0, 4, 4, 3, 4, 16 }, 64, 3 },
		{ { 9, 0, 9, 0, 4, 16 }, 64, 0 }, /* more than wanted */
		{ { UINT32_MAX, UINT32_MAX, 1, 0, 4, 16 }, 64, 0 },
		{ { 0, 0, 0, UINT32_MAX, UINT32_MAX, UINT32_MAX }, UINT32_MAX,
		    UINT32_MAX },
	};

	for (size_t i = 0; i < nitems(cases); i++)
		CU_ASSERT_EQUAL(
		    policy_to_create(&cases[i].level, cases[i].room),
		    cases[i].wanted);
}

static void
policy_retires_only_the_old_that_nobody_needs(void)
{
	struct pool_level level = { .idle = 2 };

	CU_ASSERT_TRUE(policy_may_retire(&level, 101, 100));
	CU_ASSERT_FALSE(policy_may_retire(&level, 100, 100));
	level.waiting = 1;
	CU_ASSERT_FALSE(policy_may_retire(&level, 101, 100));
	level = (struct pool_level){ .idle = 1 };
	CU_ASSERT_FALSE(policy_may_retire(&level, 101, 100));
}

static void
policy_retry_doubles_up_to_its_maximum(void)
{
	CU_ASSERT_EQUAL(policy_retry_ms(0, 50, 5000), 50);
	CU_ASSERT_EQUAL(policy_retry_ms(1, 50, 5000), 50);
	CU_ASSERT_EQUAL(policy_retry_ms(2, 50, 5000), 100);
	CU_ASSERT_EQUAL(policy_retry_ms(3, 50, 5000), 200);
	CU_ASSERT_EQUAL(policy_retry_ms(8, 50, 5000), 5000);
	CU_ASSERT_EQUAL(policy_retry_ms(UINT32_MAX, 50, 5000), 5000);
	CU_ASSERT_EQUAL(policy_retry_ms(1, 50, 20), 20);
	CU_ASSERT_EQUAL(policy_retry_ms(100, 1, UINT32_MAX), UINT32_MAX);
}

void
add_policy_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(policy_creates_what_is_missing_within_its_limits),
		TEST_ROW(policy_retires_only_the_old_that_nobody_needs),
		TEST_ROW(policy_retry_doubles_up_to_its_maximum),
	};

	suite_add("policy", tests, nitems(tests));
}
