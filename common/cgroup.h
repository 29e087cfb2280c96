/*
 * common/cgroup.h -- a container's cgroup files, as open descriptors.
 *
 * The pool opens them once, when the container is ready, and lends them to
 * the worker with the container: freezing, killing, limits and the kernel's
 * own counters then cost one system call each and need no rights.
 *
 * cgroup v1, v2, and both at once: each file remembers which form it has.
 * A file that this kernel or host does not give is -1.
 *
 * Blocks: no longer than a read or write of a kernel file does.
 */
#ifndef COMMON_CGROUP_H
#define COMMON_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"

enum cgroup_file {
	CGROUP_FREEZE,      /* v1 freezer.state, v2 cgroup.freeze */
	CGROUP_FROZEN,      /* v2 cgroup.events: frozen 0|1 */
	CGROUP_PROCS,       /* cgroup.procs of the freezer's hierarchy */
	CGROUP_MEMORY,      /* v1 memory.limit_in_bytes, v2 memory.max */
	CGROUP_MEMORY_SWAP, /* v1 memory.memsw.limit_in_bytes */
	CGROUP_OOM,         /* v1 memory.oom_control, v2 memory.events */
	CGROUP_CPU,         /* v1 cpuacct.usage, v2 cpu.stat */
	CGROUP_SOCKETS,     /* v1 memory.kmem.tcp.limit_in_bytes */
	CGROUP_PIDS,        /* pids.max */
	CGROUP_NFILES
};

struct cgroup {
	int fd[CGROUP_NFILES];
	uint16_t v2; /* bit f: file f has the v2 form */
};

/* Where a process is, from the text of /proc/<pid>/cgroup and of
 * /proc/self/mountinfo.  A pure function, tested without a kernel. */
enum cgroup_controller {
	CGROUP_C_FREEZER,
	CGROUP_C_MEMORY,
	CGROUP_C_CPUACCT,
	CGROUP_C_PIDS,
	CGROUP_NCONTROLLERS
};

struct cgroup_paths {
	char dir[CGROUP_NCONTROLLERS][512]; /* "" when not found */
	bool v2[CGROUP_NCONTROLLERS];
};
void cgroup_find(
    const char *proc_cgroup, const char *mountinfo, struct cgroup_paths *ret);

/* Where the hierarchies with those controllers are mounted. */
#define CGROUP_MOUNTS_MAX 32
struct cgroup_mounts {
	size_t n;
	char folder[CGROUP_MOUNTS_MAX][512];
};
void cgroup_list_mounts(const char *mountinfo, struct cgroup_mounts *ret);
/* The same, of this process. */
int cgroup_find_mounts(struct cgroup_mounts *ret, struct err *e);

/* All descriptors -1. */
void cgroup_init(struct cgroup *cg);
/* Forgets the folders without this word in their path: they are another's. */
void cgroup_keep(struct cgroup_paths *paths, const char *word);

/*
 * Opens what it can of pid's cgroup; the others stay -1.  container: its id,
 * which every engine puts into the path.  A process that is not in there,
 * such as a runtime's helper in the engine's own cgroup: ERR_MISSING.
 */
int
cgroup_open(struct cgroup *cg, pid_t pid, const char *container, struct err *e);
void cgroup_close(struct cgroup *cg);

bool cgroup_can_freeze(const struct cgroup *cg);
bool cgroup_can_limit(const struct cgroup *cg);

/* Freezing waits, up to some ms, until the kernel says that all is frozen. */
int cgroup_freeze(const struct cgroup *cg, struct err *e);
/* The same without waiting: asks for it, and says whether it is so. */
int cgroup_begin_freeze(const struct cgroup *cg, struct err *e);
bool cgroup_is_frozen(const struct cgroup *cg);
int cgroup_thaw(const struct cgroup *cg, struct err *e);

int cgroup_set_memory(const struct cgroup *cg, uint64_t bytes, struct err *e);
/*
 * Socket buffers: in v2 they count as memory.  In v1 they count as nothing
 * until this limit is set, which then holds for UDP too.  No such file: 0.
 */
int cgroup_set_sockets(const struct cgroup *cg, uint64_t bytes, struct err *e);
int cgroup_set_pids(const struct cgroup *cg, uint32_t pids, struct err *e);

/* Counters since the container's start; -1 when they cannot be read. */
int64_t cgroup_oom_kills(const struct cgroup *cg);
int64_t cgroup_cpu_us(const struct cgroup *cg);
/* Is this process still in it?  Is any? */
bool cgroup_has(const struct cgroup *cg, pid_t pid);
bool cgroup_is_empty(const struct cgroup *cg);

#endif
