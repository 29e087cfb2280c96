/*
 * seccomp/filter.h -- the filter of a role, as the kernel takes it.
 *
 * Made by libseccomp from the table (seccomp/table.h).  A refused call gives
 * EPERM, or ENOSYS where the table says so and for calls that are newer than
 * it; never a kill, for a program is to see what it may not do.  Calls of a
 * foreign architecture (32-bit calls on a 64-bit kernel) and of x32 give
 * ENOSYS, all of them, as from a kernel that is built without: their numbers
 * mean other calls, so no row can speak for them.
 *
 * Runs in: the daemons and the runner.  Blocks: never.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include "common/err.h"
#include "seccomp/table.h"

struct sock_filter;

struct seccomp_filter {
	struct sock_filter *code;
	unsigned short n;
};

/*
 * Gives *ret_filter to the caller, who frees it with seccomp_filter_free().
 * A name that this architecture does not have is left out.  One that
 * libseccomp has never heard of is taken by the number in its row
 * (ALLOW_NEW), and is an error without one.
 */
int seccomp_filter_make(
    enum seccomp_role role, struct seccomp_filter *ret_filter, struct err *e);

/*
 * For this process, all its threads, and all that come of it; for ever.  Sets
 * no-new-privileges first.  Async-signal-safe: fit for the time between fork
 * and exec.  -1: errno says why, and the process is as free as before.
 */
int seccomp_filter_load(const struct seccomp_filter *f);

/* Also of one that is all zero. */
void seccomp_filter_free(struct seccomp_filter *f);

#endif
