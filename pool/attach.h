/*
 * pool/attach.h -- a started exec session as a raw, two-way descriptor.
 *
 * POST /exec/{id}/start with Upgrade: tcp turns the connection itself into
 * the session's stream, so the connection must be ours: a plain Unix socket,
 * and http-parser for the engine's answer, which comes in pieces and may
 * already be followed by bytes of the stream.  (libcurl can do it only by
 * CURLOPT_CONNECT_ONLY, which leaves sending, receiving and parsing to us all
 * the same, and keeps a handle alive for each stream.)
 *
 * Runs in:  the pool process.  Blocks: never.
 */
#ifndef POOL_ATTACH_H
#define POOL_ATTACH_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct attach;
struct event_base;

/*
 * fd is given to the callback, -1 on failure (then e says why).  early are
 * bytes of the stream that came with the answer; borrowed.
 */
typedef void attach_done(
    void *arg, int fd, const uint8_t *early, size_t n, const struct err *e);

/*
 * Starts exec session exec_id.  done is called once, from the loop, unless
 * attach_cancel() comes first.  NULL: failed at once, e says why.
 */
struct attach *attach_start(struct event_base *base, const char *socket_path,
    const char *exec_id, uint32_t timeout_ms, attach_done *done, void *arg,
    struct err *e);
void attach_cancel(struct attach *a);

#endif
