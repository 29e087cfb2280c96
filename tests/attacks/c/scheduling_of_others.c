// attack: slow down the others
// tries: nice, idle scheduling, one core only and idle input for every visible
//   process, for the group and for all of the user. The next program looks
//   whether it inherited any of it.
// wall: sandbox
// without: Not fatal, and hard to notice: every later program is slow.
// expect: ok
// runs: plant look

#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define IDLE_INPUT (3 << 13)

static void
slow_down(pid_t pid)
{
	const struct sched_param none = { 0 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	setpriority(PRIO_PROCESS, (id_t)pid, 19);
	sched_setscheduler(pid, SCHED_IDLE, &none);
	sched_setaffinity(pid, sizeof one, &one);
	syscall(SYS_ioprio_set, 1, pid, IDLE_INPUT);
}

static void
plant(void)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));

	for (size_t i = 0; i < n; i++) {
		slow_down(pids[i]);
		if (pids[i] != 1)
			escaped("reach", "process %d is in sight", pids[i]);
	}
	setpriority(PRIO_USER, 0, 19);
	setpriority(PRIO_PGRP, 0, 19);
	syscall(SYS_ioprio_set, 2, 0, IDLE_INPUT);
	syscall(SYS_ioprio_set, 3, getuid(), IDLE_INPUT);
	stopped("plant", "done, for %zu processes", n);
}

static void
look(void)
{
	cpu_set_t now, all;
	int nice = getpriority(PRIO_PROCESS, 0);
	int policy = sched_getscheduler(0);
	long input = syscall(SYS_ioprio_get, 1, 0);

	sched_getaffinity(0, sizeof now, &now);
	CPU_ZERO(&all);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	/* The kernel keeps of it what this container may use. */
	sched_setaffinity(0, sizeof all, &all);
	sched_getaffinity(0, sizeof all, &all);
	if (nice != 0 || policy != SCHED_OTHER || input == IDLE_INPUT)
		escaped("inherited", "nice %d, policy %d, input %ld", nice,
		    policy, input);
	else if (!CPU_EQUAL(&now, &all))
		escaped("inherited", "%d of %d cores", CPU_COUNT(&now),
		    CPU_COUNT(&all));
	else
		stopped("inherited", "nothing: %d cores", CPU_COUNT(&now));
}

int attack_scheduling_of_others(int argc, char **argv);

int
attack_scheduling_of_others(int argc, char **argv)
{
	if (word_is(argc, argv, "plant"))
		plant();
	else
		look();
	return 0;
}
