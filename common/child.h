/*
 * common/child.h -- what web, worker and pool have in common: a child of the
 * supervisor.
 *
 *     exec --> CONFIG --> ops->start --> rights --> READY --> (loop)
 *          --> DRAIN --> exit
 *
 * A child is born with its control channel on descriptor 3, standard error to
 * the supervisor's log, and nothing else.  Settings and languages come in
 * CONFIG; each other process it may talk to comes as a PEER, again when that
 * process was started anew.  When the control channel closes, the supervisor
 * is dead, and the child ends at once: no orphan stays behind.
 *
 * Runs in:  every child.  Blocks: never.
 */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/channel.h"
#include "common/languages.h"
#include "common/rights.h"
#include "common/roles.h"
#include "common/settings.h"

#define CHILD_CONTROL_FD 3

struct event;
struct event_base;

struct child {
	struct event_base *base;
	struct channel *control;
	struct settings settings;
	struct languages languages;
	unsigned index; /* which of several workers */
	struct rights rights;

	enum role role;
	const struct child_ops *ops;
	void *arg;
	uint64_t started_us;
	struct event *lonely; /* see child_peer_lost() */
	bool configured;      /* CONFIG came, before anything else */
	int exit_code;
};

struct child_ops {
	/*
	 * Settings are known.  The last moment with files and rights: when it
	 * returns 0, they are given up (common/rights.h) and READY follows.
	 */
	int (*start)(void *arg, struct err *e);
	/* Takes fd.  A peer that was known before has been started anew. */
	void (*peer)(void *arg, enum role role, unsigned index, int fd);
	/* Takes fd; NULL for those that do not listen. */
	void (*listen)(void *arg, int fd);
	/*
	 * End what is running within grace_ms, then say child_drained().
	 * Asked again: do it at once.
	 */
	void (*drain)(void *arg, uint32_t grace_ms);
	/* Gives a JSON object for GET /admin/stats. */
	json_t *(*stats)(void *arg);
	/* The supervisor's answer to our STATS_ASK; NULL: we never ask. */
	int (*supervisor_stats)(void *arg, struct message *m);
};

/*
 * The whole life of a child.  *child is the caller's, filled in before
 * ops->start is called.  Returns the exit code.
 */
int child_main(struct child *child, enum role role, const struct child_ops *ops,
    void *arg);

void child_drained(struct child *child);

/*
 * The channel to a peer ended.  As a rule that peer is dead and comes back as
 * a PEER.  If none comes, the channel alone has failed, and nobody would make
 * it anew: then this process ends, to be started again with all its channels.
 */
void child_peer_lost(struct child *child);

/* Answers STATS_ASK on any channel with ops->stats. */
void child_send_stats(struct child *child, struct channel *to, uint64_t id);

#endif
