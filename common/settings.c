#define _GNU_SOURCE
#include "common/settings.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/settings_table.h"

/* ---- one value from text ---------------------------------------------- */

static int
parse_u32(const struct setting_row *row, const char *text, uint32_t *ret,
    struct err *e)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 ||
	    v < row->min || v > row->max)
		return err_set(e, ERR_INVALID,
		    "%s is '%.40s', expected a whole number from %u to %u (%s)",
		    row->name, text, row->min, row->max, row->unit);
	*ret = (uint32_t)v;
	return 0;
}

static int
parse_bool(
    const struct setting_row *row, const char *text, bool *ret, struct err *e)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		*ret = true;
	else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		*ret = false;
	else
		return err_set(e, ERR_INVALID,
		    "%s is '%.40s', expected true or false", row->name, text);
	return 0;
}

static int
parse_str(
    const struct setting_row *row, const char *text, char *ret, struct err *e)
{
	if (strlen(text) >= SETTINGS_TEXT_MAX)
		return err_set(e, ERR_INVALID,
		    "%s has %zu bytes, expected at most %d", row->name,
		    strlen(text), SETTINGS_TEXT_MAX - 1);
	for (const char *p = text; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return err_set(e, ERR_INVALID,
			    "%s has a control character", row->name);
	snprintf(ret, SETTINGS_TEXT_MAX, "%s", text);
	return 0;
}

static int
parse_map_item(const struct setting_row *row, char *item,
    struct setting_map *map, struct err *e)
{
	char *equals = strchr(item, '=');

	if (equals == NULL)
		return parse_u32(row, item, &map->value, e);
	*equals = '\0';
	if (map->n == SETTINGS_MAP_MAX || *item == '\0' ||
	    strlen(item) >= sizeof map->by[0].language)
		return err_set(e, ERR_INVALID,
		    "%s: '%.40s' is no language name, or there are more than "
		    "%d",
		    row->name, item, SETTINGS_MAP_MAX);
	memcpy(map->by[map->n].language, item, strlen(item) + 1);
	if (parse_u32(row, equals + 1, &map->by[map->n].value, e) < 0)
		return err_wrap(e, "%s", item);
	map->n++;
	return 0;
}

static int
parse_map(const struct setting_row *row, const char *text,
    struct setting_map *ret, struct err *e)
{
	struct setting_map map = { .value = ret->value };
	auto_free char *copy = strdup(text);
	char *rest = copy, *item;

	if (copy == NULL)
		return err_errno(e, "%s", row->name);
	if (*text == '\0')
		return parse_u32(row, text, &map.value, e);
	while ((item = strsep(&rest, ",")) != NULL)
		if (parse_map_item(row, item, &map, e) < 0)
			return -1;
	*ret = map;
	return 0;
}

static int
parse_choice(const struct setting_row *row, const char *text, uint32_t *ret,
    struct err *e)
{
	const char *word;
	size_t n;

	for (uint32_t i = 0; (word = setting_word(row, i, &n)) != NULL; i++)
		if (strlen(text) == n && memcmp(text, word, n) == 0) {
			*ret = i;
			return 0;
		}
	return err_set(e, ERR_INVALID, "%s is '%.40s', expected %s", row->name,
	    text, row->unit);
}

static int
set_row(struct settings *s, const struct setting_row *row, const char *value,
    struct err *e)
{
	switch (row->kind) {
	case KIND_STR:
		return parse_str(row, value, setting_field(s, row), e);
	case KIND_BOOL:
		return parse_bool(row, value, setting_field(s, row), e);
	case KIND_U32:
		return parse_u32(row, value, setting_field(s, row), e);
	case KIND_MAP:
		return parse_map(row, value, setting_field(s, row), e);
	case KIND_CHOICE:
		return parse_choice(row, value, setting_field(s, row), e);
	case KIND_GROUP:
		break;
	}
	return err_set(e, ERR_INVALID, "%s is not a setting", row->name);
}

int
settings_set(
    struct settings *s, const char *name, const char *value, struct err *e)
{
	const struct setting_row *row = setting_find(name);

	if (row == NULL)
		return err_set(e, ERR_MISSING,
		    "there is no setting '%.60s'; --help lists them", name);
	return set_row(s, row, value, e);
}

/* ---- sources ---------------------------------------------------------- */

void
settings_defaults(struct settings *s)
{
	struct err e;

	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < nsetting_rows; i++)
		if (setting_rows[i].kind != KIND_GROUP &&
		    set_row(s, &setting_rows[i], setting_rows[i].value, &e) < 0)
			abort(); /* a row contradicts itself; a test sees it */
}

struct file_reader {
	struct settings *s;
	struct err *e;
	bool failed;
};

static int
on_ini_line(void *arg, const char *section, const char *name, const char *value)
{
	struct file_reader *r = arg;

	if (r->failed)
		return 0;
	if (section[0] != '\0')
		err_set(r->e, ERR_INVALID,
		    "section [%.40s]: there are no sections", section);
	else if (settings_set(r->s, name, value, r->e) == 0)
		return 1;
	r->failed = true;
	return 0;
}

static int
finish_file(struct file_reader *r, const char *path, int line)
{
	if (line == 0)
		return 0;
	if (line < 0)
		return err_errno(r->e, "settings file %s", path);
	if (!r->failed)
		err_set(r->e, ERR_INVALID, "expected 'name = value'");
	return err_wrap(r->e, "%s line %d", path, line);
}

int
settings_read_file(struct settings *s, const char *path, struct err *e)
{
	struct file_reader r = { .s = s, .e = e };

	return finish_file(&r, path, ini_parse(path, on_ini_line, &r));
}

int
settings_from_text(struct settings *s, const char *text, struct err *e)
{
	auto_free char *copy = strdup(text);
	char *rest = copy, *line;

	/* Our own lines: no comments or quotes to understand, nor inih's limit
	 * on their length. */
	settings_defaults(s);
	if (copy == NULL)
		return err_errno(e, "settings");
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *equals = strstr(line, " = ");

		if (*line == '\0')
			continue;
		if (equals == NULL)
			return err_set(e, ERR_INVALID,
			    "settings: '%.60s': expected 'name = value'", line);
		*equals = '\0';
		if (settings_set(s, line, equals + 3, e) < 0)
			return -1;
	}
	return 0;
}

/* SCE_ names that are no setting: a misspelt one must not pass in silence. */
static int
check_env_name(const char *variable, struct err *e)
{
	static const char *const others[] = { "config", "debian_mirror" };
	char name[64];
	size_t n = strcspn(variable, "=");

	if (n >= sizeof name)
		n = sizeof name - 1;
	for (size_t i = 0; i < n; i++)
		name[i] = (char)tolower((unsigned char)variable[i]);
	name[n] = '\0';
	for (size_t i = 0; i < nitems(others); i++)
		if (strcmp(name, others[i]) == 0)
			return 0;
	if (setting_find(name) != NULL)
		return 0;
	return err_set(e, ERR_MISSING,
	    "environment SCE_%.*s: there is no such setting; --help lists them",
	    (int)n, variable);
}

int
settings_read_env(struct settings *s, struct err *e)
{
	for (char **v = environ; *v != NULL; v++)
		if (strncmp(*v, "SCE_", 4) == 0 &&
		    check_env_name(*v + 4, e) < 0)
			return -1;
	for (size_t i = 0; i < nsetting_rows; i++) {
		char name[64] = "SCE_";
		const char *value;
		size_t n = strlen(name);

		if (setting_rows[i].kind == KIND_GROUP)
			continue;
		for (const char *p = setting_rows[i].name; *p != '\0'; p++)
			name[n++] = (char)toupper((unsigned char)*p);
		name[n] = '\0';
		value = getenv(name);
		if (value != NULL && set_row(s, &setting_rows[i], value, e) < 0)
			return err_wrap(e, "environment %s", name);
	}
	return 0;
}

/* ---- what is only wrong together -------------------------------------- */

static int
check_pair(const char *name, uint32_t value, uint32_t max, struct err *e)
{
	if (value <= max)
		return 0;
	return err_set(e, ERR_INVALID, "%s is %u, above %s_max, %u", name,
	    value, name, max);
}

static int
check_map_pair(const struct settings *s, struct err *e)
{
	const struct setting_map *idle = &s->pool_idle;
	const struct setting_map *total = &s->pool_total;

	if (idle->value > total->value)
		return err_set(e, ERR_INVALID,
		    "pool_idle is %u, above pool_total, %u", idle->value,
		    total->value);
	for (size_t i = 0; i < idle->n + total->n; i++) {
		const char *language = i < idle->n ?
		    idle->by[i].language :
		    total->by[i - idle->n].language;
		uint32_t most = setting_for(total, language);
		uint32_t wanted = setting_for(idle, language);

		if (wanted > most)
			return err_set(e, ERR_INVALID,
			    "pool_idle of %s is %u, above its pool_total, %u",
			    language, wanted, most);
	}
	return 0;
}

/* A program must not have the user id of what watches it. */
static int
check_uid(
    const char *name, uint32_t uid, const struct settings *s, struct err *e)
{
	if (uid < s->uid_first || uid - s->uid_first >= s->uid_count)
		return 0;
	return err_set(e, ERR_INVALID,
	    "%s is %u, which is one of the containers' (uid_first is %u, "
	    "uid_count %u)",
	    name, uid, s->uid_first, s->uid_count);
}

static int
check_uids(const struct settings *s, struct err *e)
{
	if (s->web_uid == s->worker_uid)
		return err_set(e, ERR_INVALID,
		    "web_uid and worker_uid are both %u, expected two user ids",
		    s->web_uid);
	return check_uid("web_uid", s->web_uid, s, e) < 0 ?
	    -1 :
	    check_uid("worker_uid", s->worker_uid, s, e);
}

int
settings_check(const struct settings *s, struct err *e)
{
#define PAIR(name)                                            \
	if (check_pair(#name, s->name, s->name##_max, e) < 0) \
	return -1
	PAIR(run_wall_ms);
	PAIR(run_cpu_ms);
	PAIR(run_memory_mb);
	PAIR(run_processes);
	PAIR(run_output_kb);
#undef PAIR
	if (s->http_code_kb > s->http_body_kb)
		return err_set(e, ERR_INVALID,
		    "http_code_kb is %u, above http_body_kb, %u",
		    s->http_code_kb, s->http_body_kb);
	if (strncmp(s->docker_host, "unix:///", 8) != 0)
		return err_set(e, ERR_INVALID,
		    "docker_host is '%.100s', "
		    "expected unix:///path: containers' cgroups must be on "
		    "this machine",
		    s->docker_host);
	if (s->instance[0] == '\0' ||
	    strspn(s->instance,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
		"STUVWXYZ0123456789._-") != strlen(s->instance))
		return err_set(e, ERR_INVALID,
		    "instance is '%.60s', expected "
		    "letters, digits, '.', '_' and '-'",
		    s->instance);
	return check_uids(s, e) < 0 ? -1 : check_map_pair(s, e);
}

uint32_t
setting_for(const struct setting_map *map, const char *language)
{
	/* From the end: the last of two entries for one language counts. */
	for (size_t i = map->n; i > 0; i--)
		if (strcmp(map->by[i - 1].language, language) == 0)
			return map->by[i - 1].value;
	return map->value;
}
