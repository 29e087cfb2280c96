/*
 * supervisor/options.h -- the command line.
 */
#ifndef SUPERVISOR_OPTIONS_H
#define SUPERVISOR_OPTIONS_H

#include "common/err.h"
#include "common/roles.h"
#include "common/settings.h"

enum action {
	ACTION_SERVE,
	ACTION_CHILD,          /* --role=NAME: started by the supervisor */
	ACTION_HELP,           /* --help */
	ACTION_VERSION,        /* --version */
	ACTION_SELF_TEST,      /* --self-test[=ADDRESS]: attack the service */
	ACTION_CHECK_CONFIG,   /* --check-config: read everything, say OK */
	ACTION_PRINT_SAMPLE,   /* --print-settings=sample */
	ACTION_PRINT_MARKDOWN, /* --print-settings=markdown */
};

/*
 * Reads defaults, DOCKER_HOST, the file of --config (or SCE_CONFIG),
 * environment and command line, in this order, into *s.  The error names the
 * option and what was expected.
 */
int options_read(int argc, char **argv, struct settings *s,
    enum action *ret_action, enum role *ret_role, struct err *e);

#endif
