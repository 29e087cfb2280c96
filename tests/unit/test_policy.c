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
		{ { 0, 0, 0, 0, 4, 16, 0, 0, 0 }, 64, 4 },
		{ { 4, 0, 4, 0, 4, 16, 0, 0, 0 }, 64, 0 },
		{ { 1, 2, 3, 0, 4, 16, 0, 0, 0 }, 64, 1 },
		{ { 0, 0, 0, 0, 4, 16, 0, 0, 0 }, 3, 3 }, /* pool_parallel */
		{ { 0, 0, 0, 0, 4, 16, 0, 0, 0 }, 0, 0 },
		{ { 0, 0, 14, 0, 4, 16, 0, 0, 0 }, 64, 2 }, /* pool_total */
		{ { 0, 0, 16, 0, 4, 16, 0, 0, 0 }, 64, 0 },
		{ { 0, 0, 17, 0, 4, 16, 0, 0, 0 }, 64, 0 },
		{ { 0, 0, 4, 3, 4, 16, 0, 0, 0 }, 64,
		    7 }, /* who waits, and then idle */
		{ { 0, 4, 4, 3, 4, 16, 0, 0, 0 }, 64, 3 },
		{ { 9, 0, 9, 0, 4, 16, 0, 0, 0 }, 64,
		    0 }, /* more than wanted */
		{ { UINT32_MAX, UINT32_MAX, 1, 0, 4, 16, 0, 0, 0 }, 64, 0 },
		{ { 0, 0, 0, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0, 0 },
		    UINT32_MAX, UINT32_MAX },
	};

	for (size_t i = 0; i < nitems(cases); i++)
		CU_ASSERT_EQUAL(
		    policy_to_create(&cases[i].level, cases[i].room),
		    cases[i].wanted);
}

/* idle creating total waiting idle_wanted total_max removing fresh: idle
 * waiting */
static void
policy_makes_fresh_ones_for_who_wants_them(void)
{
	static const struct {
		struct pool_level level;
		uint32_t create, room;
	} cases[] = {
		/* All that is idle is used. */
		{ { 4, 0, 4, 1, 4, 16, 0, 0, 1 }, 1, 0 },
		{ { 9, 0, 9, 1, 4, 16, 0, 0, 1 }, 1, 0 },
		{ { 9, 0, 9, 3, 4, 16, 0, 0, 3 }, 3, 0 },
		{ { 9, 1, 10, 3, 4, 16, 0, 0, 3 }, 2, 0 },
		{ { 9, 3, 12, 3, 4, 16, 0, 0, 3 }, 0, 0 },
		/* No room: used ones go; what goes already counts. */
		{ { 4, 0, 16, 1, 4, 16, 0, 0, 1 }, 0, 1 },
		{ { 4, 0, 16, 3, 4, 16, 0, 0, 3 }, 0, 3 },
		{ { 4, 0, 15, 3, 4, 16, 0, 0, 3 }, 1, 2 },
		{ { 4, 0, 16, 3, 4, 16, 1, 0, 3 }, 0, 2 },
		{ { 4, 0, 16, 3, 4, 16, 9, 0, 3 }, 0, 0 },
		{ { 4, 2, 16, 3, 4, 16, 0, 0, 3 }, 0, 1 },
		/* There are fresh ones, or nobody wants one. */
		{ { 4, 0, 16, 3, 4, 16, 0, 3, 3 }, 0, 0 },
		{ { 4, 0, 16, 0, 4, 16, 0, 0, 0 }, 0, 0 },
		{ { 4, 0, 4, 0, 4, 16, 0, 0, 0 }, 0, 0 },
		{ { 0, 0, 17, 1, 4, 16, 0, 0, 1 }, 0, 1 },
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		CU_ASSERT_EQUAL(
		    policy_to_create(&cases[i].level, 64), cases[i].create);
		CU_ASSERT_EQUAL(
		    policy_room_wanted(&cases[i].level), cases[i].room);
	}
}

static void
policy_retires_only_what_nobody_needs(void)
{
	struct pool_level level = { .idle = 2 };

	CU_ASSERT_TRUE(policy_may_retire(&level));
	level.waiting = 1;
	CU_ASSERT_FALSE(policy_may_retire(&level));
	level = (struct pool_level){ .idle = 1 };
	CU_ASSERT_FALSE(policy_may_retire(&level));
}

#define SECOND 1000000ull

static struct settings
reuse_settings(void)
{
	struct settings s;

	settings_defaults(&s);
	s.reuse_runs = 10;
	s.reuse_age_s = 60;
	s.pool_age_s = 100;
	return s;
}

static void
policy_of_age_counts_from_the_first_run_and_from_the_making(void)
{
	static const struct {
		uint32_t uses;
		uint64_t age_us, used_us;
		enum lease_verdict verdict;
	} cases[] = {
		{ 0, 0, 0, VERDICT_CLEAN },
		{ 0, 100 * SECOND, 0, VERDICT_CLEAN },
		{ 0, 100 * SECOND + 1, 0, VERDICT_POOL_AGE },
		/* That of one that has not run anything means nothing. */
		{ 0, 0, 61 * SECOND, VERDICT_CLEAN },
		{ 1, 61 * SECOND, 60 * SECOND, VERDICT_CLEAN },
		{ 1, 61 * SECOND, 60 * SECOND + 1, VERDICT_REUSE_AGE },
		{ 1, 101 * SECOND, 61 * SECOND, VERDICT_REUSE_AGE },
		{ 1, 101 * SECOND, 1, VERDICT_POOL_AGE },
	};
	struct settings s = reuse_settings();

	for (size_t i = 0; i < nitems(cases); i++) {
		struct pool_wear wear = {
			.uses = cases[i].uses,
			.age_us = cases[i].age_us,
			.used_us = cases[i].used_us,
		};

		CU_ASSERT_EQUAL(policy_of_age(&wear, &s), cases[i].verdict);
	}
}

static const struct pool_wear good = {
	.walled = true, .can_freeze = true, .uses = 1
};

static void
policy_of_return_takes_back_what_is_clean(void)
{
	struct settings s = reuse_settings();
	struct pool_wear wear = good;

	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_CLEAN);
	wear.uses = 9;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_CLEAN);
	wear.uses = 10;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_REUSE_RUNS);
	wear = good;
	wear.used_us = 61 * SECOND;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_REUSE_AGE);
	wear = good;
	wear.age_us = 101 * SECOND;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_POOL_AGE);
}

static void
policy_of_return_does_not_believe_what_cannot_be(void)
{
	struct settings s = reuse_settings();
	struct pool_wear wear = good;

	wear.walled = false;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_BROKEN);
	wear = good;
	wear.can_freeze = false;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &wear, &s), VERDICT_BROKEN);
	s.reuse = REUSE_NEVER;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_CLEAN, &good, &s), VERDICT_BROKEN);
}

static void
policy_of_return_keeps_every_other_reason(void)
{
	struct settings s = reuse_settings();
	struct pool_wear wear = { 0 };

	for (unsigned v = VERDICT_UNUSED; v < VERDICT_OF_POOL; v++) {
		CU_ASSERT_EQUAL(policy_of_return(v, &wear, &s), v);
		CU_ASSERT_EQUAL(policy_of_return(v, &good, &s),
		    v == VERDICT_UNUSED ? VERDICT_CLEAN : v);
	}
	/* Not used, so what it is otherwise does not matter. */
	wear.can_freeze = true;
	CU_ASSERT_EQUAL(
	    policy_of_return(VERDICT_UNUSED, &wear, &s), VERDICT_CLEAN);
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
		TEST_ROW(policy_makes_fresh_ones_for_who_wants_them),
		TEST_ROW(policy_retires_only_what_nobody_needs),
		TEST_ROW(
		    policy_of_age_counts_from_the_first_run_and_from_the_making),
		TEST_ROW(policy_of_return_takes_back_what_is_clean),
		TEST_ROW(policy_of_return_does_not_believe_what_cannot_be),
		TEST_ROW(policy_of_return_keeps_every_other_reason),
		TEST_ROW(policy_retry_doubles_up_to_its_maximum),
	};

	suite_add("policy", tests, nitems(tests));
}
