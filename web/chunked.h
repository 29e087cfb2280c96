/*
 * web/chunked.h -- a body that comes in chunks.
 *
 * Ours and not http-parser's, because Debian builds that library lenient: it
 * would take any two bytes for the end of a line.  Sizes are hexadecimal
 * digits, line ends are CR LF, extensions and trailers are skipped, and short.
 */
#ifndef WEB_CHUNKED_H
#define WEB_CHUNKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/msgbuf.h"

enum chunked_state {
	CHUNKED_SIZE,
	CHUNKED_EXTENSION,
	CHUNKED_SIZE_END,
	CHUNKED_DATA,
	CHUNKED_DATA_CR,
	CHUNKED_DATA_END,
	CHUNKED_TRAILER, /* at the start of a line */
	CHUNKED_TRAILER_LINE,
	CHUNKED_TRAILER_END,
	CHUNKED_LAST_END,
	CHUNKED_DONE,
	CHUNKED_BAD,
	CHUNKED_NSTATES
};

struct chunked {
	enum chunked_state state;
	unsigned digits; /* of the size being read */
	uint64_t left;   /* bytes of this chunk still to come */
	size_t skipped;  /* bytes of extensions and trailers */
};

/*
 * Takes bytes from the front of data, appends the body's to `body`.  Returns
 * how many it took: fewer than n only when state is DONE or BAD, or when
 * body is full (body->bad).
 */
size_t chunked_feed(
    struct chunked *c, const uint8_t *data, size_t n, struct msgbuf *body);

#endif
