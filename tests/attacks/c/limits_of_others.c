// attack: limits of other processes
// tries: prlimit on every visible process: no files, no memory, no CPU time. In
//   sight is only the sandbox's own process 1, which goes with it; the next
//   program looks whether it inherited a limit.
// wall: sandbox
// without: Not fatal at once; but what the runner starts later inherits it, and
//   every later program fails.
// expect: ok
// runs: plant look

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/attacks/lib/attack.h"

static const struct {
	const char *name;
	int resource;
	rlim_t planted;
	rlim_t at_least; /* that a program should have */
} limits[] = {
	{ "stack", RLIMIT_STACK, 65536, 1 << 20 },
	{ "memory", RLIMIT_AS, 1UL << 32, RLIM_INFINITY },
	{ "data", RLIMIT_DATA, 1UL << 32, RLIM_INFINITY },
	{ "file size", RLIMIT_FSIZE, 1000, 1 << 20 },
	{ "open files", RLIMIT_NOFILE, 12, 16 },
	{ "processes", RLIMIT_NPROC, 5000, 10000 },
	{ "niceness", RLIMIT_NICE, 0, 0 },
	{ "CPU time", RLIMIT_CPU, 1, 2 },
};

static void
plant(pid_t pid)
{
	char what[64];

	for (size_t i = 0; i < nitems(limits); i++) {
		const struct rlimit limit = { limits[i].planted,
			limits[i].planted };

		snprintf(
		    what, sizeof what, "%s of process %d", limits[i].name, pid);
		if (prlimit(pid, limits[i].resource, &limit, NULL) < 0)
			stopped(what, "%s", strerrorname_np(errno));
		else if (pid == 1)
			stopped(what, "set, of this sandbox only");
		else
			escaped(what, "set");
	}
}

static void
look(void)
{
	struct rlimit now;

	for (size_t i = 0; i < nitems(limits); i++) {
		getrlimit(limits[i].resource, &now);
		if (now.rlim_max < limits[i].at_least)
			escaped(limits[i].name, "inherited: %lu", now.rlim_max);
		else
			stopped(limits[i].name, "not inherited");
	}
}

int attack_limits_of_others(int argc, char **argv);

int
attack_limits_of_others(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	if (word_is(argc, argv, "plant"))
		for (size_t i = 0; i < n; i++)
			plant(pids[i]);
	else
		look();
	return 0;
}
