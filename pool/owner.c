#define _GNU_SOURCE
#include "pool/owner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t
owner_process_start(int pid)
{
	char path[32], text[1024];
	unsigned long long start = 0;
	const char *p;
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The command name may hold anything; fields go on after the last ). */
	p = strrchr(text, ')');
	if (p == NULL ||
	    sscanf(p + 1,
		" %*c %*s %*s %*s %*s %*s %*s %*s %*s "
		"%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		&start) != 1)
		return 0;
	return start;
}

int
owner_self(struct owner *ret, struct err *e)
{
	struct owner o = { .pid = (int)getppid() };
	struct stat st;
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (f == NULL || fscanf(f, "%39s", o.boot) != 1 ||
	    stat("/proc/self/ns/pid", &st) < 0) {
		if (f != NULL)
			fclose(f);
		return err_errno(e, "boot id and pid namespace");
	}
	fclose(f);
	o.pid_namespace = st.st_ino;
	o.start = owner_process_start(o.pid);
	*ret = o;
	return 0;
}

void
owner_print(const struct owner *o, char *label, size_t size)
{
	snprintf(label, size, "%s/%" PRIu64 "/%d/%" PRIu64, o->boot,
	    o->pid_namespace, o->pid, o->start);
}

bool
owner_parse(const char *label, struct owner *ret)
{
	struct owner o = { 0 };
	int used = 0;

	if (sscanf(label, "%39[^/]/%" SCNu64 "/%d/%" SCNu64 "%n", o.boot,
		&o.pid_namespace, &o.pid, &o.start, &used) != 4 ||
	    label[used] != '\0' || o.pid <= 0)
		return false;
	*ret = o;
	return true;
}

bool
owner_is_same(const struct owner *a, const struct owner *b)
{
	return strcmp(a->boot, b->boot) == 0 && a->pid == b->pid &&
	    a->pid_namespace == b->pid_namespace && a->start == b->start;
}

bool
owner_is_dead(
    const struct owner *of, const struct owner *self, uint64_t alive_start)
{
	if (strcmp(of->boot, self->boot) != 0)
		return true;
	return of->pid_namespace == self->pid_namespace &&
	    alive_start != of->start;
}
