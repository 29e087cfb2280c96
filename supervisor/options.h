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
	ACTION_CHILD,           /* --role=NAME: started by the supervisor */
	ACTION_HELP,            /* --help */
	ACTION_VERSION,         /* --version */
	ACTION_SELF_TEST,       /* --self-test[=ADDRESS]: attack the service */
	ACTION_CHECK_CONFIG,    /* --check-config: read everything, say OK */
	ACTION_PRINT_SAMPLE,    /* --print-settings=sample */
	ACTION_PRINT_MARKDOWN,  /* --print-settings=markdown */
	ACTION_EXPLAIN_SECCOMP, /* --explain-seccomp [ROLE] */
};

struct options {
	enum action action;
	enum role role;   /* of ACTION_CHILD */
	int seccomp_role; /* of ACTION_EXPLAIN_SECCOMP; -1: all */
};

/*
 * Reads defaults, DOCKER_HOST, the file of --config (or SCE_CONFIG),
 * environment and command line, in this order, into *s.  The error names the
 * option and what was expected.
 */
int options_read(int argc, char **argv, struct settings *s,
    struct options *ret_options, struct err *e);

#endif
