/*
 * tests/unit/test_run.c -- the words for a run, common/run.c; and errors.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/err.h"
#include "common/roles.h"
#include "common/run.h"
#include "tests/unit/suites.h"

static void
run_statuses_have_the_names_of_the_interface(void)
{
	static const char *const names[] = { "ok", "error", "signal", "timeout",
		"cpu_timeout", "out_of_memory", "output_limit", "cancelled" };

	CU_ASSERT_EQUAL(nitems(names), RUN_NSTATUSES);
	for (unsigned i = 0; i < RUN_NSTATUSES; i++)
		CU_ASSERT_STRING_EQUAL(run_status_name(i), names[i]);
	CU_ASSERT_STRING_EQUAL(run_status_name(RUN_NSTATUSES), "?");
	CU_ASSERT_STRING_EQUAL(run_status_name((enum run_status) - 1), "?");
}

static void
refusals_have_the_names_of_the_interface(void)
{
	static const char *const names[] = { "busy", "engine_unavailable",
		"container_lost", "files_too_large", "runner_failed",
		"stopping", "internal" };

	CU_ASSERT_EQUAL(nitems(names), REFUSED_NREASONS);
	for (unsigned i = 0; i < REFUSED_NREASONS; i++)
		CU_ASSERT_STRING_EQUAL(refusal_name(i), names[i]);
	CU_ASSERT_STRING_EQUAL(refusal_name(REFUSED_NREASONS), "?");
}

static void
run_signal_name_is_never_empty(void)
{
	char text[32];

	CU_ASSERT_STRING_EQUAL(run_signal_name(SIGKILL), "SIGKILL");
	CU_ASSERT_STRING_EQUAL(run_signal_name(SIGSEGV), "SIGSEGV");
	CU_ASSERT_STRING_EQUAL(run_signal_name(SIGXCPU), "SIGXCPU");
	snprintf(text, sizeof text, "%s", run_signal_name(SIGRTMIN + 3));
	CU_ASSERT_STRING_EQUAL(text, "SIGRTMIN+3");
	CU_ASSERT_STRING_EQUAL(run_signal_name(32), "SIG32");
	CU_ASSERT_STRING_EQUAL(run_signal_name(200), "SIG200");
	for (int s = -1; s < 300; s++)
		CU_ASSERT(strncmp(run_signal_name(s), "SIG", 3) == 0);
}

static void
roles_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(role_name(ROLE_SUPERVISOR), "supervisor");
	CU_ASSERT_STRING_EQUAL(role_name(ROLE_WEB), "web");
	CU_ASSERT_STRING_EQUAL(role_name(ROLE_WORKER), "worker");
	CU_ASSERT_STRING_EQUAL(role_name(ROLE_POOL), "pool");
	CU_ASSERT_STRING_EQUAL(role_name(ROLE_NROLES), "?");
}

/* ---- errors ----------------------------------------------------------- */

static void
err_gains_context_on_its_way_up(void)
{
	struct err e;

	errno = ENOENT;
	CU_ASSERT_EQUAL(err_errno(&e, "open %s", "x"), -1);
	CU_ASSERT_EQUAL(e.code, ERR_SYSTEM);
	CU_ASSERT_EQUAL(err_wrap(&e, "lease %d", 7), -1);
	CU_ASSERT_EQUAL(err_wrap(&e, "run"), -1);
	CU_ASSERT_STRING_EQUAL(
	    e.text, "run: lease 7: open x: No such file or directory");
	CU_ASSERT_EQUAL(e.code, ERR_SYSTEM);
	errno = ENOMEM;
	err_errno(&e, "x");
	CU_ASSERT_EQUAL(e.code, ERR_MEMORY);
}

static void
err_cuts_what_is_too_long(void)
{
	struct err e;
	char text[400];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	CU_ASSERT_EQUAL(err_set(&e, ERR_INVALID, "%s", text), -1);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof e.text - 1);
	CU_ASSERT_EQUAL(err_wrap(&e, "why"), -1);
	CU_ASSERT_EQUAL(strncmp(e.text, "why: xx", 7), 0);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof e.text - 1);
	CU_ASSERT_EQUAL(err_wrap(&e, "%s", text), -1);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof e.text - 1);
	errno = EIO;
	CU_ASSERT_EQUAL(err_errno(&e, "%s", text), -1);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof e.text - 1);
}

void
add_run_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(run_statuses_have_the_names_of_the_interface),
		TEST_ROW(refusals_have_the_names_of_the_interface),
		TEST_ROW(run_signal_name_is_never_empty),
		TEST_ROW(roles_have_names),
		TEST_ROW(err_gains_context_on_its_way_up),
		TEST_ROW(err_cuts_what_is_too_long),
	};

	suite_add("run", tests, nitems(tests));
}
