/*
 * tests/unit/main.c -- runs the unit tests: all, or one suite by its name.
 *
 *     unit-tests [suite]
 *
 * Needs neither root nor Docker nor a network.
 */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/log.h"
#include "tests/unit/suites.h"

static const struct {
	const char *name;
	void (*add)(void);
} suites[] = {
#define X(name) { #name, add_##name##_suite },
	SUITE_LIST(X)
#undef X
};

static unsigned
add_suites(const char *only)
{
	unsigned n = 0;

	for (size_t i = 0; i < nitems(suites); i++) {
		if (only != NULL && strcmp(only, suites[i].name) != 0)
			continue;
		suites[i].add();
		n++;
	}
	return n;
}

int
main(int argc, char **argv)
{
	unsigned run, failed;

	/* What the code under test warns of is expected here. */
	log_init("unit", LOG_LEVEL_ERROR);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	if (add_suites(argc > 1 ? argv[1] : NULL) == 0) {
		fprintf(stderr, "there is no suite '%s'\n", argv[1]);
		return 2;
	}
	if (CU_get_error() != CUE_SUCCESS) {
		fprintf(stderr, "unit: %s\n", CU_get_error_msg());
		return 1;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	run = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	printf("unit: %u passed, %u failed\n", run - failed, failed);
	return failed == 0 && run > 0 ? 0 : 1;
}
