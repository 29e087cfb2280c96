/*
 * common/rights.h -- what a child of the supervisor gives up before it hears
 * the first byte from outside.
 *
 * web and worker give up everything: user id, groups, capabilities, the file
 * system, new processes.  The pool stays root without a capability, for the
 * engine's socket and the containers' cgroup files, and sees no other file.
 * Each loads the filter of its role last.  docs/security.md has what is then
 * left, and a test compares.
 *
 * A service that was not started as root keeps its user id and its root
 * folder; a kernel without Landlock does without.  Anything else that cannot
 * be given up is an error, and the process does not start.
 *
 * Runs in:  web, worker, pool, at their start.  Blocks: no.
 */
#ifndef COMMON_RIGHTS_H
#define COMMON_RIGHTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/roles.h"
#include "common/settings.h"

/* What a process has, as the kernel told it after it gave up the rest. */
struct rights {
	uint32_t uid, gid;
	bool no_new_privs;
	bool empty_root;
	bool seccomp; /* false: a build with sanitizers, which need more */
	int landlock; /* the kernel's ABI; 0: it has none */
	uint64_t capabilities, capabilities_before;
};

/* What a role is to give up, decided before anything is done. */
struct rights_plan {
	bool as_root;    /* it has something to give up */
	bool empty_root; /* a root folder with nothing in it */
	bool cgroups;    /* may read /proc and write the cgroup mounts */
	uint32_t uid;    /* and gid; only as_root */
};
struct rights_plan
rights_plan(enum role role, const struct settings *s, uint32_t uid_now);

/* All of it, for good.  On an error some is gone: the caller has to end. */
int rights_drop(enum role role, const struct settings *s, struct rights *ret,
    struct err *e);

/* For GET /admin/stats. */
json_t *rights_json(const struct rights *r);

/* Says in the log, once for the service, what cannot be given up here. */
void rights_warn(void);

#endif
