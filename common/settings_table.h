/*
 * common/settings_table.h -- the rows of common/settings.def, for those who
 * read and print settings.
 */
#ifndef COMMON_SETTINGS_TABLE_H
#define COMMON_SETTINGS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"

enum setting_kind {
	KIND_GROUP,
	KIND_STR,
	KIND_BOOL,
	KIND_U32,
	KIND_MAP,
	KIND_CHOICE
};

struct setting_row {
	enum setting_kind kind;
	const char *name;  /* a group's title */
	const char *value; /* the default, as text */
	const char *unit;  /* a choice's words: "one, two or three" */
	const char *help;
	size_t offset; /* in struct settings */
	uint32_t min, max;
};

extern const struct setting_row setting_rows[];
extern const size_t nsetting_rows;

/* Where the row's value is: char[], bool, uint32_t (a choice's too: the place
 * of its word) or struct setting_map. */
void *setting_field(const struct settings *s, const struct setting_row *row);
/* By name; dashes and underscores are the same.  NULL: there is none. */
const struct setting_row *setting_find(const char *name);
/* The i-th word of a choice, not terminated.  NULL: it has not so many. */
const char *
setting_word(const struct setting_row *row, uint32_t i, size_t *ret_n);

#endif
