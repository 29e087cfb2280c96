/*
 * common/words.h -- what a runner says in words, on its way into our log.
 *
 * A program may have taken the runner over, and its words may quote a file's
 * name, so they hold any bytes and have any length.
 *
 * Blocks: never.
 */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

#include <stddef.h>

/* A warning with the beginning of what it wrote to its standard error.
 * subject: whose it is, "run=..." or "container=...". */
void words_log(const char *subject, const void *data, size_t n);
/* In place: what is not printable ASCII becomes '?'. */
void words_make_printable(char *text);

#endif
