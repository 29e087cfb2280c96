/*
 * tests/unit/test_installed.c -- dpkg's list, supervisor/installed.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "supervisor/installed.h"
#include "tests/unit/suites.h"

/* What is found of "runc" in a list with this text; NULL: nothing. */
static void
expect(const char *text, size_t n, const char *version)
{
	char path[] = "/tmp/sce-dpkg-XXXXXX", got[64] = "";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, n), (ssize_t)n);
	close(fd);
	CU_ASSERT_EQUAL(
	    installed_version(path, "runc", got, sizeof got), version != NULL);
	CU_ASSERT_STRING_EQUAL(got, version ? version : "");
	unlink(path);
}

static void
a_package_is_found_by_its_whole_name(void)
{
	static const char list[] =
	    "Package: runc-extra\nStatus: install ok installed\nVersion: 9\n\n"
	    "Package: runc\nStatus: install ok installed\n"
	    "Description: x\n Version: 8\nVersion: 1.1.5+ds1-1+deb12u1\n\n"
	    "Package: zzz\nStatus: install ok installed\nVersion: 7\n";

	expect(list, sizeof list - 1, "1.1.5+ds1-1+deb12u1");
}

static void
what_is_not_installed_is_not_found(void)
{
	static const char removed[] =
	    "Package: runc\nStatus: deinstall ok config-files\nVersion: 1\n";
	static const char half[] =
	    "Package: runc\nStatus: install ok half-installed\nVersion: 1\n";
	static const char next[] =
	    "Package: runc\n\n"
	    "Package: x\nStatus: install ok installed\nVersion: 1\n";
	static const char binary[] = "\0\0Package: runc\n\0Version";
	char got[8];

	expect(removed, sizeof removed - 1, NULL);
	expect(half, sizeof half - 1, NULL);
	expect(next, sizeof next - 1, NULL);
	expect(binary, sizeof binary - 1, NULL);
	expect("", 0, NULL);
	CU_ASSERT_FALSE(
	    installed_version("/nonexistent", "runc", got, sizeof got));
}

void
add_installed_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(a_package_is_found_by_its_whole_name),
		TEST_ROW(what_is_not_installed_is_not_found),
	};

	suite_add("installed", rows, nitems(rows));
}
