#define _GNU_SOURCE
#include "common/languages.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"

static int
take_text(const json_t *from, const char *field, char **ret, struct err *e)
{
	const char *text = json_string_value(json_object_get(from, field));

	if (text == NULL || text[0] == '\0')
		return err_set(
		    e, ERR_INVALID, "'%s' is missing, expected a text", field);
	*ret = strdup(text);
	return *ret ? 0 : err_errno(e, "%s", field);
}

static int
take_list(const json_t *from, const char *field, char **ret, size_t least,
    struct err *e)
{
	const json_t *list = json_object_get(from, field), *item;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) < least ||
	    json_array_size(list) >= LANGUAGE_ARGS_MAX)
		return err_set(e, ERR_INVALID,
		    "'%s' is no list of %zu to %d texts", field, least,
		    LANGUAGE_ARGS_MAX - 1);
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return err_set(e, ERR_INVALID,
			    "'%s' has an item that is no text", field);
		ret[i] = strdup(json_string_value(item));
		if (ret[i] == NULL)
			return err_errno(e, "%s", field);
	}
	return 0;
}

static int
language_from_json(struct language *l, const json_t *from, struct err *e)
{
	if (take_text(from, "name", &l->name, e) < 0)
		return -1;
	if (take_text(from, "title", &l->title, e) < 0 ||
	    take_text(from, "version", &l->version, e) < 0 ||
	    take_text(from, "extension", &l->extension, e) < 0 ||
	    take_text(from, "main", &l->main, e) < 0 ||
	    take_text(from, "image", &l->image, e) < 0 ||
	    take_text(from, "example", &l->example, e) < 0 ||
	    take_list(from, "aliases", l->aliases, 0, e) < 0 ||
	    take_list(from, "run", l->run, 1, e) < 0)
		return err_wrap(e, "language '%.40s'", l->name);
	if (l->run[0] == NULL || l->run[0][0] != '/')
		return err_set(e, ERR_INVALID,
		    "language '%.40s': 'run' "
		    "starts with '%.60s', expected an absolute path",
		    l->name, l->run[0]);
	return 0;
}

static void
language_free(struct language *l)
{
	free(l->name);
	free(l->title);
	free(l->version);
	free(l->extension);
	free(l->main);
	free(l->image);
	free(l->example);
	for (size_t i = 0; i < LANGUAGE_ARGS_MAX; i++) {
		free(l->aliases[i]);
		free(l->run[i]);
	}
}

/* Only looks. */
static int
check_language(const json_t *from, struct err *e)
{
	struct language l = { 0 };
	int result = language_from_json(&l, from, e);

	language_free(&l);
	return result;
}

void
languages_free(struct languages *l)
{
	for (size_t i = 0; i < l->n; i++)
		language_free(&l->all[i]);
	free(l->all);
	free(l->json);
	*l = (struct languages){ 0 };
}

static int
from_array(struct languages *ret, const json_t *array, struct err *e)
{
	struct languages l = { 0 };
	const json_t *item;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) > LANGUAGES_MAX)
		return err_set(e, ERR_INVALID,
		    "languages: expected a list of at most %d", LANGUAGES_MAX);
	l.all = calloc(json_array_size(array) + 1, sizeof *l.all);
	l.json = json_dumps(array, JSON_COMPACT);
	if (l.all == NULL || l.json == NULL) {
		languages_free(&l);
		return err_set(e, ERR_MEMORY, "languages: out of memory");
	}
	json_array_foreach(array, i, item) {
		int result = language_from_json(&l.all[i], item, e);

		if (result == 0 && languages_find(&l, l.all[i].name) >= 0)
			result = err_set(e, ERR_INVALID,
			    "language '%.40s' is described twice",
			    l.all[i].name);
		l.n++;
		if (result < 0) {
			languages_free(&l);
			return -1;
		}
	}
	*ret = l;
	return 0;
}

int
languages_from_json(
    struct languages *ret, const char *text, size_t len, struct err *e)
{
	json_error_t why;
	auto_json json_t *array = json_loadb(text, len, 0, &why);

	if (array == NULL)
		return err_set(e, ERR_INVALID, "languages: %s", why.text);
	return from_array(ret, array, e);
}

/* ---- the folder ------------------------------------------------------- */

static int
is_description(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot != NULL &&
	    strcmp(dot, ".json") == 0;
}

static bool
is_chosen(const char *only, const char *file)
{
	size_t n = strlen(file) - strlen(".json");

	if (only[0] == '\0')
		return true;
	for (const char *p = only; *p != '\0';) {
		size_t word = strcspn(p, ",");

		if (word == n && strncmp(p, file, n) == 0)
			return true;
		p += word + (p[word] == ',');
	}
	return false;
}

/* A name in `only` for which there is no file is a mistake. */
static int
check_chosen(const json_t *array, const char *only, struct err *e)
{
	for (const char *p = only; *p != '\0';) {
		size_t n = strcspn(p, ","), i;
		const json_t *item;
		bool found = false;

		json_array_foreach(array, i, item) {
			const char *name = json_string_value(
			    json_object_get(item, "name"));

			found = found ||
			    (name != NULL && strlen(name) == n &&
				strncmp(name, p, n) == 0);
		}
		if (!found)
			return err_set(e, ERR_MISSING,
			    "languages names '%.*s', which has no image; "
			    "'make images LANGUAGES=...' builds one",
			    (int)(n > 40 ? 40 : n), p);
		p += n + (p[n] == ',');
	}
	return 0;
}

static int
add_file(json_t *array, const char *dir, const char *file, struct err *e)
{
	auto_free char *path = NULL;
	json_error_t why;
	json_t *one;

	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return err_set(e, ERR_MEMORY, "languages: out of memory");
	one = json_load_file(path, 0, &why);
	if (one != NULL && check_language(one, e) < 0) {
		json_decref(one);
		return err_wrap(e, "%s", path);
	}
	if (one == NULL)
		return err_set(
		    e, ERR_INVALID, "%s line %d: %s", path, why.line, why.text);
	if (json_array_append_new(array, one) < 0)
		return err_set(e, ERR_MEMORY, "languages: out of memory");
	return 0;
}

int
languages_load(
    struct languages *ret, const char *dir, const char *only, struct err *e)
{
	auto_json json_t *array = json_array();
	struct dirent **entries;
	int n = scandir(dir, &entries, is_description, alphasort);
	int result = 0;

	if (n < 0)
		return err_errno(e, "languages_dir %s", dir);
	for (int i = 0; i < n; i++) {
		if (result == 0 && is_chosen(only, entries[i]->d_name))
			result = add_file(array, dir, entries[i]->d_name, e);
		free(entries[i]);
	}
	free(entries);
	if (result < 0)
		return -1;
	if (json_array_size(array) == 0)
		return err_set(e, ERR_MISSING,
		    "%s describes no language%s%s; "
		    "'make images' builds the images",
		    dir, only[0] ? " of: " : "", only);
	if (check_chosen(array, only, e) < 0)
		return -1;
	return from_array(ret, array, e);
}

int
languages_find(const struct languages *l, const char *name)
{
	/* A name counts before an alias of another. */
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->all[i].name, name) == 0)
			return (int)i;
	for (size_t i = 0; i < l->n; i++)
		for (char **a = l->all[i].aliases; *a != NULL; a++)
			if (strcmp(*a, name) == 0)
				return (int)i;
	return -1;
}
