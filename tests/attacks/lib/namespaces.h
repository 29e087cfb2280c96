/*
 * tests/attacks/lib/namespaces.h -- every namespace that clone can make.
 */
#ifndef ATTACK_NAMESPACES_H
#define ATTACK_NAMESPACES_H

#include <sched.h>

static const struct {
	const char *name;
	unsigned flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER },
	{ "mount", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP },
};

#endif
