/*
 * common/settings_table.h -- the rows of common/settings.def, for those who
 * read and print settings.
 */
#ifndef COMMON_SETTINGS_TABLE_H
#define COMMON_SETTINGS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"

enum setting_kind { KIND_GROUP, KIND_STR, KIND_BOOL, KIND_U32, KIND_MAP };

struct setting_row {
	enum setting_kind kind;
	const char *name;  /* a group's title */
	const char *value; /* the default, as text */
	const char *unit, *help;
	size_t offset; /* in struct settings */
	uint32_t min, max;
};

extern const struct setting_row setting_rows[];
extern const size_t nsetting_rows;

/* Where the row's value is: char[], bool, uint32_t or struct setting_map. */
void *setting_field(const struct settings *s, const struct setting_row *row);
/* By name; dashes and underscores are the same.  NULL: there is none. */
const struct setting_row *setting_find(const char *name);

#endif
