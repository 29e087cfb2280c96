/*
 * runner/net.h -- the loopback, and whether anybody used it.
 *
 * Sockets of a program end with it, but a port can stay taken for a minute
 * (TIME_WAIT), and counters tell the next program what the last one sent.
 * So a network namespace that was used is not used again.
 *
 * Blocks: where it says so.
 */
#ifndef RUNNER_NET_H
#define RUNNER_NET_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/err.h"

#define NET_SETTLE_MS 300

struct net {
	char *pristine; /* what the kernel counted before any program ran; NULL:
			 * it could not be looked at */
	bool ipv6_off;  /* on its loopback */
};

/* Looks at our own network namespace. */
void net_init(struct net *n);
/* Has anything been counted since?  If in doubt, yes. */
bool net_was_used(const struct net *n);

/*
 * The sockets of one sandbox's network namespace, which can be looked at even
 * when its processes are gone: a socket that is in flight to nobody lives until
 * the kernel collects it, and a connection that cannot end for minutes, and
 * with them their memory, files and locks.
 */
struct net_watch {
	int fd[3]; /* /proc/PID/net/unix, tcp, tcp6; -1: not there */
};

/* Of a process that lives; what cannot be opened is not watched. */
void net_watch_init(struct net_watch *w, pid_t pid);
void net_watch_fini(struct net_watch *w);
/*
 * Its processes are gone: has the kernel taken back the sockets too?  Blocks
 * for at most NET_SETTLE_MS when it has not.
 */
bool net_watch_settles(const struct net_watch *w);

/* In a new network namespace, with its /proc at ./proc: starts its loopback. */
int net_bring_up(bool ipv6_off, struct err *e);

#endif
