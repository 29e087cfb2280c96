/*
 * web/head.h -- request line and header fields, strictly.
 *
 * The grammar is http-parser's, which reads the head in one piece.  Around it
 * stands what that library leaves to its user, or is lenient about in the way
 * Debian builds it: line ends are CR LF and nothing else, no folded lines, no
 * space before a colon, one Host, and no two opinions on where the body ends
 * (which is how requests are smuggled past a proxy).
 *
 * Pure functions: no connection, no clock.
 */
#ifndef WEB_HEAD_H
#define WEB_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "web/fault.h"

#define HEAD_FIELDS_MAX 100
#define HEAD_TARGET_MAX 8192

struct http_field {
	const char *name, *value;
};

struct http_head {
	char *bytes;           /* owned; all texts below point into it */
	const char *method;    /* "POST" */
	const char *path;      /* without the query: "/run"; "*" */
	const char *authority; /* of a target http://host/path, or NULL */
	const char *host;
	struct http_field fields[HEAD_FIELDS_MAX];
	size_t nfields;
	bool is_1_0;
	bool keep_alive;
	bool expects_continue;
	bool chunked; /* the body comes in chunks, else it has length bytes */
	uint64_t length;
};

/*
 * Looks for the head's end.  Bytes before *seen were looked at by an earlier
 * call.  Returns the head's length, 0 when its end has not come yet, -1 when
 * no head can begin like this.
 */
ssize_t head_find_end(const char *bytes, size_t n, size_t *seen);

/* n is what head_find_end() returned.  head_fini() frees what it fills in. */
int head_parse(
    const char *bytes, size_t n, struct http_head *ret_head, struct fault *f);
void head_fini(struct http_head *h);

/* NULL: not there.  The first, where there are several. */
const char *head_get(const struct http_head *h, const char *name);
size_t head_count(const struct http_head *h, const char *name);

#endif
