/*
 * tests/unit/test_seccomp_table.c -- the rows of seccomp/rules.def, and what
 * is printed of them.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "seccomp/explain.h"
#include "seccomp/table.h"
#include "tests/unit/suites.h"

static const struct seccomp_rule *
rules_end(void)
{
	return seccomp_rules + nseccomp_rules;
}

/* Says which row, for CUnit cannot. */
static void
check(bool holds, const struct seccomp_rule *r, const char *claim)
{
	if (!holds)
		fprintf(stderr, "row %s (%s): not so: %s\n", r->name, r->why,
		    claim);
	CU_ASSERT_TRUE(holds);
}

static bool
have_same_tests(const struct seccomp_rule *a, const struct seccomp_rule *b)
{
	if (a->ntests != b->ntests)
		return false;
	for (size_t i = 0; i < a->ntests; i++) {
		const struct seccomp_test *s = &a->tests[i], *t = &b->tests[i];

		if (s->argument != t->argument || s->op != t->op ||
		    s->a != t->a || s->b != t->b)
			return false;
	}
	return true;
}

static void
table_rows_have_a_role_and_a_reason(void)
{
	const unsigned all = (1u << SECCOMP_NROLES) - 1;

	CU_ASSERT(nseccomp_rules > 300);
	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end();
	     r++) {
		check(r->roles != 0 && (r->roles & ~all) == 0, r, "roles");
		check(r->why != NULL && strlen(r->why) >= 4, r, "a reason");
		check(r->ntests <= SECCOMP_TESTS_MAX, r, "tests");
		check(!r->refused || r->ntests == 0, r,
		    "a refused call has no tests: it is refused "
		    "anyway");
	}
}

/* Nor is one hidden by another that allows the call whatever its arguments. */
static void
table_has_no_row_twice(void)
{
	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end(); r++)
		for (const struct seccomp_rule *s = r + 1; s < rules_end();
		     s++) {
			if (strcmp(r->name, s->name) != 0 ||
			    (r->roles & s->roles) == 0)
				continue;
			check(r->ntests > 0 && s->ntests > 0, r,
			    "each of several rows has tests");
			check(!have_same_tests(r, s), r, "one row");
		}
}

static void
table_names_are_calls_of_one_architecture_at_least(void)
{
	static const uint32_t arches[] = { SCMP_ARCH_X86_64,
		SCMP_ARCH_AARCH64 };

	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end();
	     r++) {
		bool known = false;

		for (size_t i = 0; i < nitems(arches); i++) {
			int number = seccomp_syscall_resolve_name_arch(
			    arches[i], r->name);

			known |= number >= 0;
			check(number <= SECCOMP_NEWEST, r, "SECCOMP_NEWEST");
			if (number >= 0 && r->number >= 0)
				check(number == r->number, r, "its number");
		}
		check(known || r->number >= 424, r, "a name of a call");
		check(r->number <= SECCOMP_NEWEST, r, "SECCOMP_NEWEST");
	}
}

/* Docker takes the values as signed; a test that never holds is a mistake. */
static void
table_tests_make_sense(void)
{
	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end(); r++)
		for (size_t i = 0; i < r->ntests; i++) {
			const struct seccomp_test *t = &r->tests[i];

			check(t->argument < 6, r, "an argument");
			check(t->a <= UINT32_MAX, r, "32 bits");
			check(t->op == SECCOMP_MASKED_EQ || t->b == 0, r,
			    "one value");
			check(t->op != SECCOMP_MASKED_EQ || (t->b & ~t->a) == 0,
			    r, "bits in the mask");
			/* libseccomp takes one test for each argument. */
			for (size_t k = 0; k < i; k++)
				check(r->tests[k].argument != t->argument, r,
				    "one test an argument");
		}
}

static bool
container_has(const struct seccomp_rule *r)
{
	for (const struct seccomp_rule *s = seccomp_rules; s < rules_end(); s++)
		if (strcmp(s->name, r->name) == 0 &&
		    seccomp_rule_is_for(s, SECCOMP_CONTAINER) &&
		    s->refused == r->refused && s->error == r->error &&
		    (s->ntests == 0 || have_same_tests(s, r)))
			return true;
	return false;
}

/* Its filter stays under the program's. */
static void
table_allows_a_container_what_a_program_may(void)
{
	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end(); r++)
		if (seccomp_rule_is_for(r, SECCOMP_PROGRAM))
			check(container_has(r), r, "a row of the container");
}

static void
table_roles_have_names(void)
{
	for (int role = 0; role < SECCOMP_NROLES; role++)
		CU_ASSERT_EQUAL(seccomp_role_from_name(
				    seccomp_role_name((enum seccomp_role)role)),
		    role);
	CU_ASSERT_EQUAL(seccomp_role_from_name("cook"), -1);
	CU_ASSERT_EQUAL(seccomp_role_from_name(""), -1);
	CU_ASSERT_STRING_EQUAL(seccomp_role_name(SECCOMP_NROLES), "?");
}

static char *
explain(int role)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	seccomp_explain(to, role);
	CU_ASSERT_EQUAL_FATAL(fclose(to), 0);
	return text;
}

static void
table_is_explained_with_every_reason(void)
{
	auto_free char *text = explain(-1);

	for (const struct seccomp_rule *r = seccomp_rules; r < rules_end(); r++)
		check(strstr(text, r->why) != NULL, r, "explained");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "if arg0 is AF_UNIX: between a program's own"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "if arg1 is TCGETS: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "if arg1 is SOL_SOCKET and arg2 is below SO_ATTACH_FILTER: "));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "container,program clone3                 ENOSYS "));
}

static void
table_is_explained_for_one_role(void)
{
	auto_free char *text = explain(SECCOMP_POOL);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\npool  "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nweb,worker,pool "));
	CU_ASSERT_PTR_NULL(strstr(text, "container,program "));
	CU_ASSERT_PTR_NULL(strstr(text, "\nweb  "));
}

void
add_seccomp_table_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(table_rows_have_a_role_and_a_reason),
		TEST_ROW(table_has_no_row_twice),
		TEST_ROW(table_names_are_calls_of_one_architecture_at_least),
		TEST_ROW(table_tests_make_sense),
		TEST_ROW(table_allows_a_container_what_a_program_may),
		TEST_ROW(table_roles_have_names),
		TEST_ROW(table_is_explained_with_every_reason),
		TEST_ROW(table_is_explained_for_one_role),
	};

	suite_add("seccomp_table", tests, nitems(tests));
}
