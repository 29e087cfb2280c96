/*
 * seccomp/table.h -- which system calls are allowed, to whom, and why.
 *
 * The table is seccomp/rules.def, here as data.  From it are made the
 * containers' profile in Docker's form (seccomp/profile.h), the filters that
 * processes load themselves (seccomp/filter.h), and what --explain-seccomp
 * prints (seccomp/explain.h).  Every filter is an allowlist: what no row of a
 * role allows is refused to it.
 *
 * Runs in: any process, the runner too.  Blocks: never.  All of it is
 * constant.
 */
#ifndef SECCOMP_TABLE_H
#define SECCOMP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum seccomp_role {
	SECCOMP_CONTAINER, /* all that a container does: runner and program */
	SECCOMP_PROGRAM,   /* the program alone, on top of the container's */
	SECCOMP_WEB,
	SECCOMP_WORKER,
	SECCOMP_POOL,
	SECCOMP_NROLES,
};

enum seccomp_op {
	SECCOMP_EQ,        /* the argument is a */
	SECCOMP_LT,        /* the argument is below a */
	SECCOMP_MASKED_EQ, /* of the argument's bits in a, those of b are set */
};

/* The compared argument has 64 bits; of most the kernel looks at 32. */
struct seccomp_test {
	unsigned argument; /* 0 is the first */
	enum seccomp_op op;
	uint64_t a, b;
	const char *a_text, *b_text; /* as the table has them */
};

#define SECCOMP_TESTS_MAX 3

struct seccomp_rule {
	unsigned roles; /* bit 1 << enum seccomp_role for each */
	const char *name;
	int number;   /* for a call that a libseccomp may not know, or -1 */
	bool refused; /* with `error`, and 0 pretends; otherwise allowed */
	int error;
	size_t ntests; /* all must hold */
	struct seccomp_test tests[SECCOMP_TESTS_MAX];
	const char *why;
};

extern const struct seccomp_rule seccomp_rules[];
extern const size_t nseccomp_rules;

/*
 * A call that is newer than this number gets ENOSYS, not EPERM: the libc of
 * an image may be newer than the table, and then does without.  From 424 on
 * a call has the same number on every architecture.
 */
#define SECCOMP_NEWEST 452

/* "container", "program", ...; never NULL. */
const char *seccomp_role_name(enum seccomp_role role);
/* -1: there is no such role. */
int seccomp_role_from_name(const char *name);

bool seccomp_rule_is_for(const struct seccomp_rule *r, enum seccomp_role role);

#endif
