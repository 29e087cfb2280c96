/*
 * web/reader.h -- a request while its JSON is read; the inside of
 * web/request.h.
 *
 * An object's fields are a table of name and reader.  What is not in it is
 * refused by name.
 */
#ifndef WEB_READER_H
#define WEB_READER_H

#include <jansson.h>

#include "web/request.h"

/* The JSON values are borrowed from the parsed body. */
struct reader {
	const struct settings *settings;
	const struct languages *languages;
	struct fault *f;

	const json_t *code, *std_in, *args, *files;
	unsigned language;
	bool fresh;
	struct run_limits limits;
};

struct reader_field {
	const char *name;
	/* NULL: someone else reads it, here it is only known. */
	int (*read)(struct reader *r, const json_t *value);
};

/* "<path> is <value>, expected <expected>"; value NULL: it is missing. */
int reader_refuse(struct reader *r, const char *path, const json_t *value,
    const char *expected);

/* path: of the object, "" for the request itself. */
int reader_fields(struct reader *r, const char *path, const json_t *object,
    const struct reader_field *fields, size_t n);

/* Checks the i-th of r->files and appends it to the program. */
int reader_put_file(struct reader *r, size_t i, struct msgbuf *m);

#endif
