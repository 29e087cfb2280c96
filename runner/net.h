/*
 * runner/net.h -- the loopback, and whether anybody used it.
 *
 * Sockets of a program end with it, but a port can stay taken for a minute
 * (TIME_WAIT), and counters tell the next program what the last one sent.
 * So a network namespace that was used is not used again.
 *
 * Blocks: never.
 */
#ifndef RUNNER_NET_H
#define RUNNER_NET_H

#include <stdbool.h>

#include "common/err.h"

struct net {
	char *pristine; /* what the kernel counted before any program ran; NULL:
			 * it could not be looked at */
	bool ipv6_off;  /* on its loopback */
};

/* Looks at our own network namespace. */
void net_init(struct net *n);
/* Has anything been counted since?  If in doubt, yes. */
bool net_was_used(const struct net *n);

/* In a new network namespace, with its /proc at ./proc: starts its loopback. */
int net_bring_up(bool ipv6_off, struct err *e);

#endif
