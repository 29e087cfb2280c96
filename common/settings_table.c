#include "common/settings_table.h"

#include <string.h>

#include "common/auto.h"

#define TEXT_(v) #v
#define TEXT(v)  TEXT_(v)

const struct setting_row setting_rows[] = {
#define GROUP(title) { .kind = KIND_GROUP, .name = (title) },
#define STR(n, v, h) \
	{ KIND_STR, #n, (v), "text", (h), offsetof(struct settings, n), 0, 0 },
#define BOOL(n, v, h)                                                  \
	{ KIND_BOOL, #n, (v) ? "true" : "false", "true or false", (h), \
		offsetof(struct settings, n), 0, 0 },
#define U32(n, v, min, max, u, h)                                         \
	{ KIND_U32, #n, TEXT_(v), (u), (h), offsetof(struct settings, n), \
		(min), (max) },
#define MAP(n, v, min, max, u, h)                                         \
	{ KIND_MAP, #n, TEXT_(v), (u), (h), offsetof(struct settings, n), \
		(min), (max) },
#define CHOICE(n, v, words, h)                                                 \
	{ KIND_CHOICE, #n, (v), (words), (h), offsetof(struct settings, n), 0, \
		0 },
#include "common/settings.def"
};

const size_t nsetting_rows = nitems(setting_rows);

void *
setting_field(const struct settings *s, const struct setting_row *row)
{
	return (char *)(uintptr_t)s + row->offset;
}

const struct setting_row *
setting_find(const char *name)
{
	for (size_t i = 0; i < nsetting_rows; i++) {
		const char *a = setting_rows[i].name, *b = name;

		if (setting_rows[i].kind == KIND_GROUP)
			continue;
		while (*a != '\0' && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (*a == '\0' && *b == '\0')
			return &setting_rows[i];
	}
	return NULL;
}

const char *
setting_word(const struct setting_row *row, uint32_t i, size_t *ret_n)
{
	const char *at = row->unit;

	for (;;) {
		at += strspn(at, ", ");
		*ret_n = strcspn(at, ", ");
		if (*ret_n == 0)
			return NULL;
		if ((*ret_n != 2 || memcmp(at, "or", 2) != 0) && i-- == 0)
			return at;
		at += *ret_n;
	}
}
