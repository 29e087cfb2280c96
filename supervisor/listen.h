/*
 * supervisor/listen.h -- the service's socket.
 *
 * The supervisor opens it and never reads from it: it gives it to web, and
 * again to the web that follows when one dies, so that clients who connect in
 * between wait instead of being refused.
 */
#ifndef SUPERVISOR_LISTEN_H
#define SUPERVISOR_LISTEN_H

#include <stddef.h>

#include "common/err.h"
#include "common/settings.h"

/*
 * Gives a listening descriptor and writes where people can reach it
 * ("http://127.0.0.1:5000") into url.  Refuses an address that is not
 * loopback unless the setting listen_public says that this is wanted.
 */
int
listen_open(const struct settings *s, char *url, size_t size, struct err *e);

#endif
