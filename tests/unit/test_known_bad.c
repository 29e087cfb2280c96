/*
 * tests/unit/test_known_bad.c -- versions that are warned of,
 * web/known_bad.c.
 */
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "common/version_order.h"
#include "tests/unit/suites.h"
#include "web/known_bad.h"

/* The names of all that is warned of. */
static void
expect(const char *component, const char *version, const char *build, size_t n,
    const char *first)
{
	auto_json json_t *versions = json_pack(
	    "{s:{s:s, s:s?}}", component, "version", version, "build", build);
	auto_json json_t *warnings = known_bad_warnings(versions);
	const char *names = json_string_value(
	    json_object_get(json_array_get(warnings, 0), "names"));

	CU_ASSERT_EQUAL(json_array_size(warnings), n);
	if (n > 0)
		CU_ASSERT(
		    names != NULL && strncmp(names, first, strlen(first)) == 0);
}

static void
old_versions_are_warned_of(void)
{
	expect("runc", "1.1.11", NULL, 2, "CVE-2024-21626");
	expect("runc", "1.1.5+ds1", "1.1.5+ds1-1", 2, "CVE-2024-21626");
	expect("runc", "1.2.7", NULL, 1, "CVE-2025-31133");
	expect("runc", "1.3.0-rc.2", NULL, 1, "CVE-2025-31133");
	expect("runc", "1.3.2", NULL, 1, "CVE-2025-31133");
	expect("runc", "1.4.0-rc.2", NULL, 1, "CVE-2025-31133");
	expect("kernel", "5.10.101", NULL, 1, "CVE-2022-0847");
	expect("kernel", "5.15.24", NULL, 1, "CVE-2022-0847");
	expect("kernel", "5.16.10", NULL, 1, "CVE-2022-0847");
	expect("kernel", "6.1.36", NULL, 1, "CVE-2023-3269");
	expect("kernel", "6.1.27-1", "6.1.27-1", 1, "CVE-2023-3269");
	expect("kernel", "6.2.16", NULL, 1, "CVE-2023-3269");
	expect("kernel", "6.4.0", NULL, 1, "CVE-2023-3269");
}

static void
good_versions_are_not(void)
{
	expect("runc", "1.2.8", NULL, 0, "");
	expect("runc", "1.2.9+ds1", NULL, 0, "");
	expect("runc", "1.3.3", NULL, 0, "");
	expect("runc", "1.4.0-rc.3", NULL, 0, "");
	expect("runc", "1.4.0", NULL, 0, "");
	expect("kernel", "4.19.300", NULL, 0, "");
	expect("kernel", "5.10.102", NULL, 0, "");
	expect("kernel", "5.17.0", NULL, 0, "");
	expect("kernel", "6.1.37-1", "6.1.37-1", 0, "");
	expect("kernel", "6.12.48+deb13-amd64", NULL, 0, "");
	expect("nonsense", "1.0", NULL, 0, "");
}

static void
a_patched_package_is_not(void)
{
	expect("runc", "1.1.5+ds1", "1.1.5+ds1-1+deb12u1", 1, "CVE-2025");
	expect("runc", "1.1.5+ds1", "1.1.5+ds1-1+deb12u2", 1, "CVE-2025");
	expect("runc", "1.1.9", "v1.1.9-0-gccaecfcb", 2, "CVE-2024-21626");
	expect("kernel", "5.10.92-2", "5.10.92-2", 0, "");
	expect("kernel", "5.10.92-1", "5.10.92-1", 1, "CVE-2022-0847");
}

static void
every_row_is_a_range_with_a_reason(void)
{
	for (const struct known_bad *row = known_bad; row->component; row++) {
		CU_ASSERT(row->from == NULL ||
		    version_compare(row->from, row->before) < 0);
		CU_ASSERT(strncmp(row->names, "CVE-", 4) == 0);
		CU_ASSERT(strlen(row->why) > 40);
	}
}

static void
what_is_not_known_is_no_warning(void)
{
	auto_json json_t *versions = json_pack(
	    "{s:n, s:{s:n}}", "runc", "kernel", "version");
	auto_json json_t *warnings = known_bad_warnings(versions);
	auto_json json_t *none = known_bad_warnings(NULL);

	CU_ASSERT_EQUAL(json_array_size(warnings), 0);
	CU_ASSERT_EQUAL(json_array_size(none), 0);
}

static void
expect_kernel(const char *release, const char *build, const char *version)
{
	char got[64] = "";

	CU_ASSERT_EQUAL(
	    known_bad_kernel(release, build, got, sizeof got), version != NULL);
	if (version != NULL)
		CU_ASSERT_STRING_EQUAL(got, version);
}

static void
kernels_say_how_far_they_are_patched(void)
{
	expect_kernel("6.1.0-28-amd64",
	    "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
	    "6.1.119-1");
	expect_kernel("6.18.44-fc-v769", "#1 SMP", "6.18.44-fc-v769");
	expect_kernel("6.12.48+deb13-amd64",
	    "#1 SMP PREEMPT_DYNAMIC Debian "
	    "6.12.48-1 (2025-09-20)",
	    "6.12.48-1");
	expect_kernel("6.4.0", "#1 SMP", "6.4.0");
	expect_kernel("5.15.0-91-generic", "#101-Ubuntu SMP", NULL);
	expect_kernel("5.14.0-362.el9.x86_64", "#1 SMP", NULL);
	expect_kernel("6.1.0-28-amd64", "", NULL);
	expect_kernel("", "", NULL);
	expect_kernel("", "Debian ", NULL);
}

void
add_known_bad_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(old_versions_are_warned_of),
		TEST_ROW(good_versions_are_not),
		TEST_ROW(a_patched_package_is_not),
		TEST_ROW(every_row_is_a_range_with_a_reason),
		TEST_ROW(what_is_not_known_is_no_warning),
		TEST_ROW(kernels_say_how_far_they_are_patched),
	};

	suite_add("known_bad", rows, nitems(rows));
}
