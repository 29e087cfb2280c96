/*
 * web/request.h -- the JSON of POST /run becomes a RUN message.
 *
 * Each field is checked once, here, against the settings; what is refused is
 * refused by name, with what was there and what was expected.  Nothing that
 * is not known is passed over: a limit that was spelled wrong would be a limit
 * that is not in force.
 *
 * A pure function: no connection, no clock.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <jansson.h>
#include <stddef.h>

#include "common/languages.h"
#include "common/msgbuf.h"
#include "common/run.h"
#include "common/settings.h"
#include "web/fault.h"

#define REQUEST_ARGS_MAX       256
#define REQUEST_ARG_BYTES_MAX  131071u /* the kernel's, with the NUL 128 KiB */
#define REQUEST_ARGS_BYTES_MAX (1024u * 1024u)
#define REQUEST_FILES_MAX      100
#define REQUEST_NAME_MAX       1024u
#define REQUEST_COMPONENT_MAX  255u
#define REQUEST_MEMORY_MB_MIN  16u

struct run_request {
	unsigned language;
	struct run_limits limits;
	size_t code_bytes;
	struct msgbuf message; /* RUN's payload */
};

/* On success the caller ends ret->message with msgbuf_fini(). */
int request_read(const void *json, size_t n, const struct settings *settings,
    const struct languages *languages, struct run_request *ret,
    struct fault *f);
/* The same, of JSON that is parsed already; root is borrowed, not NULL. */
int request_from_json(const json_t *root, const struct settings *settings,
    const struct languages *languages, struct run_request *ret,
    struct fault *f);

/*
 * Borrows s: may a file of the run be called so?  NULL: it may; else what
 * was expected.
 */
const char *request_name_fault(const char *s, size_t n);

/*
 * -1: more than some 4096 values, or nested deeper than anything that can be
 * meant.  Asked before parsing, for each value costs a hundred bytes.
 */
int request_check_shape(const void *json, size_t n, struct fault *f);

#endif
