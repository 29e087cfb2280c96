/*
 * common/runtime.h -- runtimes that bring a kernel of their own.
 *
 * gVisor's runsc runs a container's programs on a kernel that is a process
 * of this host.  The cgroup counts that process and its threads, and not the
 * program's: what it needs for itself comes on top of what a run may have.
 */
#ifndef COMMON_RUNTIME_H
#define COMMON_RUNTIME_H

#include <stdint.h>

struct runtime_needs {
	uint32_t processes; /* threads too; this many bound it, no more */
	uint32_t memory_mb;
};

/* name: the setting runtime.  "runsc" and what begins with it; else nothing. */
struct runtime_needs runtime_needs(const char *name);

#endif
