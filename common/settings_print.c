/*
 * common/settings_print.c -- settings as text, for children and for people.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "common/settings_table.h"

static void
print_value(FILE *to, const struct settings *s, const struct setting_row *row)
{
	const struct setting_map *map;
	const char *word;
	size_t n;

	switch (row->kind) {
	case KIND_STR:
		fputs(setting_field(s, row), to);
		break;
	case KIND_BOOL:
		fputs(*(bool *)setting_field(s, row) ? "true" : "false", to);
		break;
	case KIND_U32:
		fprintf(to, "%u", *(uint32_t *)setting_field(s, row));
		break;
	case KIND_MAP:
		map = setting_field(s, row);
		fprintf(to, "%u", map->value);
		for (size_t i = 0; i < map->n; i++)
			fprintf(to, ",%s=%u", map->by[i].language,
			    map->by[i].value);
		break;
	case KIND_CHOICE:
		word = setting_word(
		    row, *(uint32_t *)setting_field(s, row), &n);
		fprintf(to, "%.*s", (int)n, word ? word : "");
		break;
	case KIND_GROUP:
		break;
	}
}

char *
settings_to_text(const struct settings *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return NULL;
	for (size_t i = 0; i < nsetting_rows; i++) {
		if (setting_rows[i].kind == KIND_GROUP)
			continue;
		fprintf(to, "%s = ", setting_rows[i].name);
		print_value(to, s, &setting_rows[i]);
		fputc('\n', to);
	}
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void
print_range(FILE *to, const struct setting_row *row)
{
	if (row->kind == KIND_U32 || row->kind == KIND_MAP)
		fprintf(to, "%u to %u %s", row->min, row->max, row->unit);
	else
		fputs(row->unit, to);
}

void
settings_print_help(FILE *to)
{
	for (size_t i = 0; i < nsetting_rows; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (row->kind == KIND_GROUP) {
			fprintf(to, "\n%s:\n", row->name);
			continue;
		}
		fprintf(to, "  --%s=%s\n      %s (", row->name,
		    row->value[0] ? row->value : "''", row->help);
		print_range(to, row);
		fputs(row->kind == KIND_MAP ? "; a language may differ: "
					      "4,bash=2)\n" :
					      ")\n",
		    to);
	}
}

void
settings_print_sample(FILE *to)
{
	fputs("# Settings of Safe Code Executor: name = value.\n"
	      "# Each line shows a default; remove its '#' to change it.\n",
	    to);
	for (size_t i = 0; i < nsetting_rows; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (row->kind == KIND_GROUP) {
			fprintf(to, "\n# ---- %s\n", row->name);
			continue;
		}
		fprintf(to, "\n# %s (", row->help);
		print_range(to, row);
		fprintf(to, ")\n#%s = %s\n", row->name, row->value);
	}
}

void
settings_print_markdown(FILE *to)
{
	for (size_t i = 0; i < nsetting_rows; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (row->kind == KIND_GROUP) {
			fprintf(to,
			    "\n## %s\n\n| name | default | range | "
			    "meaning |\n|---|---|---|---|\n",
			    row->name);
			continue;
		}
		fprintf(to, "| `%s` | %s%s%s | ", row->name,
		    row->value[0] ? "`" : "",
		    row->value[0] ? row->value : "empty",
		    row->value[0] ? "`" : "");
		print_range(to, row);
		fprintf(to, " | %s |\n", row->help);
	}
}
