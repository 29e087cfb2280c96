/*
 * common/messages.h -- what our processes may say to each other.
 *
 * One row is one message: its number, the size its payload may have, how many
 * descriptors travel with it, who sends it to whom and what it carries, in
 * order.  Enum, names and the checks in channel.c are made from the rows.
 *
 * On the wire: u32 payload length, u16 number, u16 descriptors, u64 id,
 * payload; little-endian.  The id is the run's where there is one.
 *
 * All processes are one binary, so there is no version to agree on: a child
 * is the supervisor's own executable, opened once at its start.
 */
#ifndef COMMON_MESSAGES_H
#define COMMON_MESSAGES_H

#include <stddef.h>

#define KIB (1024u)
#define MIB (1024u * 1024u)

/* name, number, payload min, max, descriptors min, max */
#define MSG_LIST(X)                                                           \
	/* supervisor <-> child: 1.. */                                       \
	/* CONFIG: block settings text, block languages JSON, u16 index */    \
	X(CONFIG, 1, 10, 4 * MIB, 0, 0)                                       \
	/* READY: child -> supervisor */                                      \
	X(READY, 2, 0, 0, 0, 0)                                               \
	/* PEER: u8 role, u16 index, and our end of a socket pair to it */    \
	X(PEER, 3, 3, 3, 1, 1)                                                \
	/* LISTEN: supervisor -> web, and a listening socket */               \
	X(LISTEN, 4, 0, 0, 1, 1)                                              \
	X(PING, 5, 0, 0, 0, 0)                                                \
	X(PONG, 6, 0, 0, 0, 0)                                                \
	/* DRAIN: u32 ms in which running programs may still end */           \
	X(DRAIN, 7, 4, 4, 0, 0)                                               \
	X(DRAINED, 8, 0, 0, 0, 0)                                             \
	/* FILLED: pool -> supervisor: a container waits for each language */ \
	X(FILLED, 9, 0, 0, 0, 0)                                              \
	/* web -> any; the answer is one JSON object, as text */              \
	X(STATS_ASK, 10, 0, 0, 0, 0)                                          \
	X(STATS, 11, 2, 1 * MIB, 0, 0)                                        \
	/* web <-> worker: 20.., id = run */                                  \
	/* RUN: struct run_order, see common/order.h */                       \
	X(RUN, 20, 23, 16 * MIB, 0, 0)                                        \
	X(CANCEL, 21, 0, 0, 0, 0)                                             \
	/* RESULT: struct run_result, see common/order.h */                   \
	X(RESULT, 22, 32, 256 * MIB, 0, 0)                                    \
	/* REFUSED: u8 enum refusal, u32 retry after s (0: none), str why */  \
	X(REFUSED, 23, 9, 1 * KIB, 0, 0)                                      \
	/* worker <-> pool: 40.., id = run */                                 \
	/* LEASE_ASK: u16 language, u32 ms to wait at most, u8 fresh: only a  \
	 * container that has never run a program will do */                  \
	X(LEASE_ASK, 40, 7, 7, 0, 0)                                          \
	/* LEASE_CANCEL: the ask is withdrawn; a grant on its way is returned \
	 */                                                                   \
	X(LEASE_CANCEL, 41, 0, 0, 0, 0)                                       \
	/* LEASE_GRANT: struct lease_grant, see common/lease.h */             \
	X(LEASE_GRANT, 42, 15, 64, 1, 12)                                     \
	/* LEASE_DENY: u8 enum refusal, u32 retry after s, str why */         \
	X(LEASE_DENY, 43, 9, 1 * KIB, 0, 0)                                   \
	/* LEASE_RETURN: u8 enum lease_verdict, str details */                \
	X(LEASE_RETURN, 44, 5, 1 * KIB, 0, 0)                                 \
	/* LEASE_LOST: pool -> worker: str what happened to the container */  \
	X(LEASE_LOST, 45, 4, 1 * KIB, 0, 0)                                   \
	/* pool -> web: 60.. */                                               \
	/* WALL: u16 language, u8 walled, str why not ("" when it is) */      \
	X(WALL, 60, 7, 1 * KIB, 0, 0)

enum msg_type {
#define X(name, number, min, max, fds_min, fds_max) MSG_##name = (number),
	MSG_LIST(X)
#undef X
};

#define MSG_HEADER_BYTES 16
#define MSG_FDS_MAX      12

struct msg_info {
	enum msg_type type;
	const char *name;
	size_t min, max;
	unsigned fds_min, fds_max;
};

/* NULL for a number that is not in the table. */
const struct msg_info *msg_info(unsigned type);
/* The name, or "?". */
const char *msg_name(unsigned type);

#endif
