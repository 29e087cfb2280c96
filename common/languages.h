/*
 * common/languages.h -- the languages that can be run.
 *
 * images/build writes one <language>.json for each image it made: the
 * description from images/<language>/language.json, with the image's tag, the
 * version that the interpreter itself says, and the example program.  The
 * supervisor reads the folder once and gives the table to its children as
 * JSON text; a language is known everywhere by its place in the table.
 */
#ifndef COMMON_LANGUAGES_H
#define COMMON_LANGUAGES_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

#define LANGUAGES_MAX     64
#define LANGUAGE_ARGS_MAX 16

struct language {
	char *name;      /* "python": in requests, labels and settings */
	char *title;     /* "Python" */
	char *version;   /* "3.11.2" */
	char *extension; /* "py" */
	char *main;      /* "main.py": the file a program is stored in */
	char *image;     /* "safe-code-executor/python:0123456789ab" */
	char *example;   /* a program */
	char *aliases[LANGUAGE_ARGS_MAX]; /* "py"; ends with NULL */
	char *run[LANGUAGE_ARGS_MAX];     /* argv; ends with NULL */
};

struct languages {
	uint16_t n;
	struct language *all; /* sorted by name */
	char *json;           /* the same, as text */
};

/*
 * Reads every *.json of the folder; `only` (comma-separated names, or "")
 * chooses among them.  The error names file and field.  No language at all is
 * an error, which says how to build the images.
 */
int languages_load(
    struct languages *ret, const char *dir, const char *only, struct err *e);
int languages_from_json(
    struct languages *ret, const char *text, size_t len, struct err *e);
void languages_free(struct languages *l);

/* By name or alias, exactly as written; -1: there is none. */
int languages_find(const struct languages *l, const char *name);

#endif
