/*
 * web/router.h -- which function answers which method and path.
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "web/http.h"

/* The server's http_handler; arg is the struct web. */
void router_handle(void *arg, struct http_request *r);

#endif
