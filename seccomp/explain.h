/*
 * seccomp/explain.h -- the table for people: --explain-seccomp [ROLE].
 *
 * Runs in: the command line.  Blocks: as the stream does.
 */
#ifndef SECCOMP_EXPLAIN_H
#define SECCOMP_EXPLAIN_H

#include <stdio.h>

/* role: an enum seccomp_role, or -1 for all. */
void seccomp_explain(FILE *to, int role);

#endif
