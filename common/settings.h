/*
 * common/settings.h -- the settings table, as a struct and as text.
 *
 * The rows are in common/settings.def.  A value comes from the last of:
 * default, DOCKER_HOST (docker_host only), settings file, environment
 * (SCE_<NAME>), command line (--name=value, or --name value).
 *
 * Only the supervisor reads those; its children get the result as text in
 * their CONFIG message.
 */
#ifndef COMMON_SETTINGS_H
#define COMMON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/err.h"

#define SETTINGS_TEXT_MAX 256 /* bytes of a value, with its NUL */
#define SETTINGS_MAP_MAX  32  /* languages with a number of their own */

#ifndef SETTINGS_LANGUAGES_DIR
#define SETTINGS_LANGUAGES_DIR "/var/lib/safe-code-executor/languages"
#endif

struct setting_map {
	uint32_t value; /* for every language that is not named */
	size_t n;
	struct {
		char language[32];
		uint32_t value;
	} by[SETTINGS_MAP_MAX];
};

/* The words of a CHOICE, in the order in which its row has them. */
enum setting_reuse { REUSE_ALWAYS, REUSE_NEVER };

struct settings {
#define GROUP(title)
#define STR(name, value, help)                 char name[SETTINGS_TEXT_MAX];
#define BOOL(name, value, help)                bool name;
#define U32(name, value, min, max, unit, help) uint32_t name;
#define MAP(name, value, min, max, unit, help) struct setting_map name;
#define CHOICE(name, value, words, help)       uint32_t name;
#include "common/settings.def"
#undef GROUP
#undef STR
#undef BOOL
#undef U32
#undef MAP
#undef CHOICE
};

void settings_defaults(struct settings *s);

/* Sets one value from text.  The error names the setting and its range. */
int settings_set(
    struct settings *s, const char *name, const char *value, struct err *e);
/* A file of "name = value" lines (inih).  The error names file and line. */
int settings_read_file(struct settings *s, const char *path, struct err *e);
int settings_read_env(struct settings *s, struct err *e);
/* What is only wrong together: a default above its maximum, and the like. */
int settings_check(const struct settings *s, struct err *e);

/* "name = value" lines of every setting; the caller frees.  NULL: no memory. */
char *settings_to_text(const struct settings *s);
/* The other way round, for a child. */
int settings_from_text(struct settings *s, const char *text, struct err *e);

uint32_t setting_for(const struct setting_map *map, const char *language);

/* For people: --help, a sample file, the tables of docs/settings.md. */
void settings_print_help(FILE *to);
void settings_print_sample(FILE *to);
void settings_print_markdown(FILE *to);

#endif
