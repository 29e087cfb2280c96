/*
 * common/channel.h -- framed messages and descriptors over a socket pair.
 *
 *     channel_open --> (messages in: rules) --> closed(why) or channel_close
 *
 * A channel knows, by its rules, what its peer may send.  A message that is
 * not in the rules, not of the size its row in common/messages.h allows, or
 * that its handler calls malformed, ends that channel with a reason, and
 * nothing else.
 *
 * Runs in:  every process.
 * Blocks:   never.  What the socket does not take is queued; a queue above
 *           CHANNEL_QUEUE_MAX ends the channel.
 * Owns:     its descriptor, and descriptors received until a handler takes
 *           them.
 * Always:   `closed` is called at most once, from the event loop, never from
 *           inside channel_send.  After channel_close it is not called.
 */
#ifndef COMMON_CHANNEL_H
#define COMMON_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include "common/messages.h"
#include "common/msgbuf.h"

#define CHANNEL_QUEUE_MAX (512u * MIB)

struct event_base;
struct channel;

struct message {
	enum msg_type type;
	uint64_t id;
	struct msgbuf body;   /* a view; valid until the handler returns */
	int fds[MSG_FDS_MAX]; /* take one by steal_fd(); the rest are closed */
	size_t nfds;
};

struct channel_rule {
	enum msg_type type;
	/* Less than 0: the message was malformed, and the channel ends. */
	int (*handle)(void *arg, struct message *m);
};

struct channel_rules {
	const struct channel_rule *rules;
	size_t nrules;
	/* The peer is gone or was dropped; the channel is freed after it. */
	void (*closed)(void *arg, const char *why);
};

/*
 * Takes fd.  Borrows rules and arg for the channel's life.  peer is copied
 * and names the other side in log lines.  NULL: out of memory, fd closed.
 */
struct channel *channel_open(struct event_base *base, int fd, const char *peer,
    const struct channel_rules *rules, void *arg);

/*
 * Sends body (may be NULL) and descriptors, which stay the caller's.  There
 * is nothing to check: a channel that cannot send is closed from the loop.
 * A body that is `bad` (out of memory) ends the channel too.
 */
void channel_send(struct channel *ch, enum msg_type type, uint64_t id,
    const struct msgbuf *body);
void channel_send_fds(struct channel *ch, enum msg_type type, uint64_t id,
    const struct msgbuf *body, const int *fds, size_t nfds);

/* NULL is fine.  Safe inside a handler; freed when the loop comes round. */
void channel_close(struct channel *ch);

#endif
