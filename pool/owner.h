/*
 * pool/owner.h -- who made a container: a label, so that what is left of a
 * supervisor that was killed is found by the next start.
 */
#ifndef POOL_OWNER_H
#define POOL_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/* A supervisor, as "boot-id/pid-namespace/pid/start" says it. */
struct owner {
	char boot[40];
	uint64_t pid_namespace;
	int pid;
	uint64_t start; /* clock ticks after boot: tells two pids apart */
};

/* Our own supervisor: the parent of this process. */
int owner_self(struct owner *ret, struct err *e);
void owner_print(const struct owner *o, char *label, size_t size);

bool owner_parse(const char *label, struct owner *ret);
bool owner_is_same(const struct owner *a, const struct owner *b);
/*
 * Dead when the machine was booted since, or when it is of our pid namespace
 * and its process does not live.  One of another pid namespace cannot be
 * judged: it counts as alive.  alive_start: start of the process that now
 * has that pid, 0 if there is none; see process_start().
 */
bool owner_is_dead(
    const struct owner *of, const struct owner *self, uint64_t alive_start);
/* Field 22 of /proc/<pid>/stat; 0: there is no such process. */
uint64_t owner_process_start(int pid);

#endif
