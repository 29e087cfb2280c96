/*
 * web/admin.h -- GET /admin/stats, /admin/self-test and /readyz: what
 * the other processes say.
 *
 * A request asks them all at once and is answered when the last one has
 * spoken, or at a deadline with what is there: a process that hangs is a
 * `null` in the answer, not an answer that never comes.
 *
 * Runs in:  web.  Blocks: never.
 */
#ifndef WEB_ADMIN_H
#define WEB_ADMIN_H

#include "common/channel.h"
#include "common/roles.h"
#include "web/http.h"

struct admin;
struct web;

/* NULL: out of memory. */
struct admin *admin_new(struct web *web);

void admin_get_stats(struct web *web, struct http_request *r);
/* How far the self-test is, and what the engine says of itself. */
void admin_get_self_test(struct web *web, struct http_request *r);
void admin_get_ready(struct web *web, struct http_request *r);

/* STATS from the process of this role (and index, a worker). */
int admin_on_stats(
    struct web *web, enum role role, unsigned index, struct message *m);

#endif
