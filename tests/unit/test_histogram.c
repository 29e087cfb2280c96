/*
 * tests/unit/test_histogram.c -- percentiles, common/histogram.c.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/histogram.h"
#include "tests/unit/suites.h"

static bool
is_near(uint64_t got, uint64_t exact)
{
	return got >= exact && (double)got <= (double)exact * 1.0625 + 1;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
histogram_of_nothing_says_nothing(void)
{
	struct histogram h = { 0 };

	CU_ASSERT_EQUAL(histogram_at(&h, 0.5), 0);
	CU_ASSERT_EQUAL(histogram_at(&h, 1), 0);
}

static void
histogram_of_one_value_is_that_value(void)
{
	static const uint64_t values[] = { 0, 1, 15, 16, 17, 31, 32, 1000,
		999999, 1ull << 31, UINT32_MAX };

	for (size_t i = 0; i < nitems(values); i++) {
		struct histogram h = { 0 };

		histogram_add(&h, values[i]);
		CU_ASSERT_EQUAL(histogram_at(&h, 0), values[i]);
		CU_ASSERT_EQUAL(histogram_at(&h, 0.5), values[i]);
		CU_ASSERT_EQUAL(histogram_at(&h, 1), values[i]);
		CU_ASSERT_EQUAL(h.max_us, values[i]);
		CU_ASSERT_EQUAL(h.sum_us, values[i]);
	}
}

/* Each value is between the one it is taken for and 6 % less. */
static void
histogram_is_exact_to_six_percent_everywhere(void)
{
	for (uint64_t us = 1; us < UINT32_MAX; us += 1 + us / 77) {
		struct histogram h = { 0 };

		histogram_add(&h, us);
		histogram_add(&h, UINT32_MAX);
		CU_ASSERT_TRUE_FATAL(is_near(histogram_at(&h, 0.5), us));
	}
}

static void
histogram_percentiles_agree_with_a_sorted_list(void)
{
	static const double shares[] = { 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1 };
	enum { COUNT = 10000 };
	static uint64_t values[COUNT];
	struct histogram h = { 0 };

	srandom(7);
	for (size_t i = 0; i < nitems(values); i++) {
		values[i] = (uint64_t)random() >> (random() % 30);
		histogram_add(&h, values[i]);
	}
	qsort(values, nitems(values), sizeof values[0], compare);
	CU_ASSERT_EQUAL(h.count, nitems(values));
	for (size_t i = 0; i < nitems(shares); i++) {
		size_t at = (size_t)(shares[i] * COUNT) - 1;

		CU_ASSERT(is_near(histogram_at(&h, shares[i]), values[at]));
	}
}

static void
histogram_takes_what_is_beyond_its_last_bucket(void)
{
	struct histogram h = { 0 };

	histogram_add(&h, UINT64_MAX);
	histogram_add(&h, 1ull << 40);
	CU_ASSERT_EQUAL(h.count, 2);
	CU_ASSERT_EQUAL(h.max_us, UINT64_MAX);
	CU_ASSERT(histogram_at(&h, 0.5) >= UINT32_MAX);
	CU_ASSERT_EQUAL(h.bucket[HISTOGRAM_BUCKETS - 1], 2);
}

void
add_histogram_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(histogram_of_nothing_says_nothing),
		TEST_ROW(histogram_of_one_value_is_that_value),
		TEST_ROW(histogram_is_exact_to_six_percent_everywhere),
		TEST_ROW(histogram_percentiles_agree_with_a_sorted_list),
		TEST_ROW(histogram_takes_what_is_beyond_its_last_bucket),
	};

	suite_add("histogram", tests, nitems(tests));
}
