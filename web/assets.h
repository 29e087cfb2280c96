/*
 * web/assets.h -- the page and its parts, which are inside the binary.
 *
 * web/embed makes the table from web/ui/ and the examples; see the Makefile.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stddef.h>

#include "web/http.h"

struct asset {
	const char *path; /* "/app.js"; "examples/fork_bomb.py" is not served */
	const char *type;
	const char *etag; /* with its quotes */
	const void *bytes;
	size_t len;
};

/* Made by web/embed; ends with a row whose path is NULL. */
extern const struct asset assets[];

/* By the path of a request; NULL: there is none. */
const struct asset *assets_find(const char *path);
void assets_respond(struct http_request *r, const struct asset *asset);

#endif
