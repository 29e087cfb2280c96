/*
 * supervisor/selftest.h -- `safe-code-executor --self-test`, for an operator.
 *
 * Starts the self-test of the service that runs at the setting `listen`, and
 * prints what GET /admin/self-test says: a line for each attack as it is
 * judged, then walls, versions and warnings.  Where one is running already, it
 * is that one that is shown.
 *
 * Runs in: a process of its own, which is no part of the service.  Blocks: for
 * as long as the self-test takes.
 */
#ifndef SUPERVISOR_SELFTEST_H
#define SUPERVISOR_SELFTEST_H

#include <jansson.h>
#include <stddef.h>

#include "common/settings.h"

enum {
	SELFTEST_EXIT_STOPPED = 0,     /* all attacks were stopped */
	SELFTEST_EXIT_NOT_STOPPED = 1, /* or it is not known of some */
	SELFTEST_EXIT_NOBODY = 2,      /* there is no service */
};

/* Gives the exit code. */
int selftest_main(const struct settings *s);

/* supervisor/selftest_print.c: to standard output, in 80 columns. */
void selftest_print_attack(const json_t *attack);
/* What follows the attacks.  Gives the exit code. */
int selftest_print_end(const json_t *report);

#endif
