/*
 * tests/unit/suites.h -- every suite, and how one is made.
 *
 * One file a subject, one function add_<subject>_suite() a file.  A test's
 * name is the claim that it proves.
 */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <CUnit/CUnit.h>
#include <stddef.h>

#define SUITE_LIST(X)      \
	X(settings)        \
	X(options)         \
	X(languages)       \
	X(messages)        \
	X(msgbuf)          \
	X(order)           \
	X(lease)           \
	X(frames)          \
	X(channel)         \
	X(cgroup)          \
	X(rights)          \
	X(histogram)       \
	X(run)             \
	X(policy)          \
	X(owner)           \
	X(wait_queue)      \
	X(slots)           \
	X(docker_answer)   \
	X(facts)           \
	X(spec)            \
	X(seccomp_table)   \
	X(apparmor)        \
	X(seccomp_profile) \
	X(seccomp_filter)  \
	X(seccomp_tried)   \
	X(verdict)         \
	X(allocation)      \
	X(runner_program)  \
	X(web_request)     \
	X(web_response)    \
	X(web_guard)       \
	X(web_limits)      \
	X(web_runs)        \
	X(web_text)        \
	X(web_http)        \
	X(version_order)   \
	X(known_bad)       \
	X(web_attacks)     \
	X(web_judge)       \
	X(installed)

#define X(name) void add_##name##_suite(void);
SUITE_LIST(X)
#undef X

struct test_row {
	const char *name;
	CU_TestFunc test;
};

/* clang-format off */
#define TEST_ROW(name) { #name, name }
/* clang-format on */

static inline void
suite_add(const char *name, const struct test_row *rows, size_t n)
{
	CU_pSuite suite = CU_add_suite(name, NULL, NULL);

	for (size_t i = 0; i < n; i++)
		CU_add_test(suite, rows[i].name, rows[i].test);
}

#endif
