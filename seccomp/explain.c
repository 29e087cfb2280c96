#define _GNU_SOURCE
#include "seccomp/explain.h"

#include <errno.h>
#include <string.h>

#include "seccomp/table.h"

/* The widest: what stands in the table, and "web,worker,pool". */
#define ROLES_WIDTH  17
#define NAME_WIDTH   22
#define ACTION_WIDTH 9

static void
print_head(FILE *to)
{
	fprintf(to,
	    "A call that a role has no row for gives EPERM; one with tests of "
	    "arguments is\n"
	    "allowed if all tests of one row hold.  A call newer than number "
	    "%d gives ENOSYS,\n"
	    "and so does any call of a 32-bit or x32 program.  Nobody is "
	    "killed, but for those\n"
	    "last in a container, by Docker's runtime.  The program's filter "
	    "stands on top of\n"
	    "the container's.  arg0 is the first argument.\n\n",
	    SECCOMP_NEWEST);
}

static void
print_roles(FILE *to, unsigned roles)
{
	char text[64] = "";

	for (enum seccomp_role r = 0; r < SECCOMP_NROLES; r++)
		if (roles & 1u << r) {
			size_t n = strlen(text);

			snprintf(text + n, sizeof text - n, "%s%s",
			    n ? "," : "", seccomp_role_name(r));
		}
	fprintf(to, "%-*s ", ROLES_WIDTH, text);
}

static const char *
action_of(const struct seccomp_rule *r)
{
	if (!r->refused)
		return "allowed";
	if (r->error == 0)
		return "pretended";
	return strerrorname_np(r->error);
}

static void
print_test(FILE *to, const struct seccomp_test *t)
{
	fprintf(to, "arg%u ", t->argument);
	switch (t->op) {
	case SECCOMP_EQ:
		fprintf(to, "is %s", t->a_text);
		break;
	case SECCOMP_LT:
		fprintf(to, "is below %s", t->a_text);
		break;
	case SECCOMP_MASKED_EQ:
		if (t->a_text != NULL)
			fprintf(to, "& %s ", t->a_text);
		fprintf(to, "is %s", t->b_text);
		break;
	}
}

static void
print_rule(FILE *to, const struct seccomp_rule *r)
{
	print_roles(to, r->roles);
	fprintf(
	    to, "%-*s %-*s ", NAME_WIDTH, r->name, ACTION_WIDTH, action_of(r));
	for (size_t i = 0; i < r->ntests; i++) {
		fputs(i == 0 ? "if " : " and ", to);
		print_test(to, &r->tests[i]);
	}
	fprintf(to, "%s%s\n", r->ntests > 0 ? ": " : "", r->why);
}

void
seccomp_explain(FILE *to, int role)
{
	print_head(to);
	fprintf(to, "%-*s %-*s %-*s %s\n", ROLES_WIDTH, "FOR", NAME_WIDTH,
	    "CALL", ACTION_WIDTH, "IS", "WHY");
	for (size_t i = 0; i < nseccomp_rules; i++)
		if (role < 0 ||
		    seccomp_rule_is_for(
			&seccomp_rules[i], (enum seccomp_role)role))
			print_rule(to, &seccomp_rules[i]);
}
