/*
 * web/guard.h -- is this request from whom it seems to be from?
 *
 * A service on loopback can be reached by every web page that its user
 * visits.  Three doors are shut here: a foreign name that was made to point
 * at 127.0.0.1 (Host), a form or script of a foreign page (Origin,
 * Sec-Fetch-Site), and a body that a browser sends without asking first
 * (Content-Type).
 *
 * Pure functions.
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <stdbool.h>

#include "common/settings.h"
#include "web/fault.h"
#include "web/head.h"

/* Is it loopback, the address we listen on, or in allowed_hosts?  Any port. */
bool guard_may_be_host(const struct settings *s, const char *host);
bool guard_may_be_origin(const struct settings *s, const char *origin);

/* For every request: -1 and 403 unless Host and Origin are ours. */
int guard_check(
    const struct settings *s, const struct http_head *h, struct fault *f);
/* For a request with a JSON body: -1 and 415 unless it says that it is. */
int guard_check_json(const struct http_head *h, struct fault *f);

#endif
