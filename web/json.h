/*
 * web/json.h -- a jansson value as an HTTP answer.
 */
#ifndef WEB_JSON_H
#define WEB_JSON_H

#include <jansson.h>

#include "web/http.h"

/* Takes the value; NULL is answered 500, for there was no memory. */
void json_respond(struct http_request *r, unsigned status, json_t *value);

#endif
