/*
 * web/info.h -- GET /healthz, /languages and /examples: what web knows by
 * itself, or was told by the pool.
 */
#ifndef WEB_INFO_H
#define WEB_INFO_H

#include "common/channel.h"
#include "web/http.h"

struct web;

void info_get_health(struct web *web, struct http_request *r);
void info_get_languages(struct web *web, struct http_request *r);
/* The seed programs that try the walls: {"examples": [{name, ...}]}. */
void info_get_examples(struct web *web, struct http_request *r);

/* WALL, from the pool. */
int info_on_wall(struct web *web, struct message *m);

#endif
