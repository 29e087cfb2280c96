#include "web/assets.h"

#include <stdio.h>
#include <string.h>

/* Nothing from elsewhere, nothing inline, in nobody's frame. */
static const char page_fields[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n";

const struct asset *
assets_find(const char *path)
{
	if (path[0] != '/')
		return NULL;
	for (const struct asset *a = assets; a->path != NULL; a++)
		if (strcmp(a->path, path) == 0)
			return a;
	return NULL;
}

/* Is ours in the list of If-None-Match?  Our tags have no commas. */
static bool
is_known(const struct http_request *r, const char *etag)
{
	const char *known = head_get(&r->head, "If-None-Match");

	return known != NULL &&
	    (strcmp(known, "*") == 0 || strstr(known, etag) != NULL);
}

void
assets_respond(struct http_request *r, const struct asset *asset)
{
	char fields[512];

	/* no-cache: ask each time, which costs a 304. */
	snprintf(fields, sizeof fields,
	    "Cache-Control: no-cache\r\nETag: %s\r\n%s", asset->etag,
	    page_fields);
	http_respond(r,
	    &(struct http_response){
		.status = is_known(r, asset->etag) ? 304 : 200,
		.type = asset->type,
		.fields = fields,
		.bytes = asset->bytes,
		.len = asset->len,
	    });
}
