/*
 * web/peers.h -- our channels to the workers and to the pool.
 *
 * What each may say to us is a table in peers.c.  A peer that is started anew
 * comes with a new channel, and the old one's runs are lost with it.
 */
#ifndef WEB_PEERS_H
#define WEB_PEERS_H

#include "common/roles.h"

struct web;

void peers_init(struct web *web);
/* Takes fd. */
void peers_add(struct web *web, enum role role, unsigned index, int fd);

#endif
