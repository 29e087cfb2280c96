/*
 * tests/unit/test_version_order.c -- common/version_order.c.
 */
#include "common/auto.h"
#include "common/version_order.h"
#include "tests/unit/suites.h"

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Each is older than all that follow. */
static void
versions_have_an_order(void)
{
	static const char *const rising[] = { "1.0", "1.0.0-rc93",
		"1.0.0~rc93+ds1-5+deb11u3", "1.0.0", "1.1.5", "1.1.5-2",
		"1.1.5+ds1", "1.1.5+ds1-1", "1.1.5+ds1-1+b4",
		"1.1.5+ds1-1+deb12u1", "1.1.5+ds1-1+deb12u2", "1.1.12",
		"1.2.0-rc.3", "1.2.0", "1.2.8", "1.3.0-rc.1", "1.3.3",
		"1.3.3-1", "1.4.0-beta.1", "1.4.0-rc.2", "1.4.0-rc.10", "1.4.0",
		"20.10.9", "20.10.24+dfsg1" };

	for (size_t i = 0; i < nitems(rising); i++)
		for (size_t j = 0; j < nitems(rising); j++)
			CU_ASSERT_EQUAL(
			    sign(version_compare(rising[i], rising[j])),
			    (i > j) - (i < j));
}

static void
epochs_and_zeros_do_not_count(void)
{
	CU_ASSERT_EQUAL(version_compare("5:24.0.7-1", "24.0.7-1"), 0);
	CU_ASSERT_EQUAL(version_compare("v1.7.2", "1.7.2"), 0);
	CU_ASSERT_EQUAL(version_compare("1.07", "1.7"), 0);
	CU_ASSERT_EQUAL(version_compare("", ""), 0);
}

static void
odd_texts_are_compared_too(void)
{
	CU_ASSERT(version_compare("", "1") < 0);
	CU_ASSERT(version_compare("-", "") > 0);
	CU_ASSERT(version_compare("1.", "1") > 0);
	CU_ASSERT(version_compare("unknown", "1.0") > 0);
	CU_ASSERT(version_compare("99999999999999999999", "9") > 0);
}

static void
a_revision_is_not_upstream(void)
{
	CU_ASSERT(version_same_upstream("1.1.5+ds1-1+deb12u1", "1.1.5+ds1"));
	CU_ASSERT(version_same_upstream("5:24.0.7-1~debian.12", "24.0.7"));
	CU_ASSERT(version_same_upstream("1.1.5+ds1-1", "1.1.5+ds1-2"));
	CU_ASSERT_FALSE(version_same_upstream("1.1.5+ds1-1", "1.1.5"));
	CU_ASSERT_FALSE(version_same_upstream("1.1.5-1", "1.1.12"));
	CU_ASSERT_FALSE(version_same_upstream("v1.1.9-0-gccaecfcb", "1.1.5"));
}

void
add_version_order_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(versions_have_an_order),
		TEST_ROW(epochs_and_zeros_do_not_count),
		TEST_ROW(odd_texts_are_compared_too),
		TEST_ROW(a_revision_is_not_upstream),
	};

	suite_add("version_order", rows, nitems(rows));
}
