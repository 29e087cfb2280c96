#define _GNU_SOURCE
#include "web/info.h"

#include <string.h>

#include "common/auto.h"
#include "web/assets.h"
#include "web/json.h"
#include "web/web.h"

void
info_get_health(struct web *web, struct http_request *r)
{
	static const char ok[] = "{\"status\":\"ok\"}\n";

	(void)web;
	http_respond(r,
	    &(struct http_response){
		.status = 200, .bytes = ok, .len = sizeof ok - 1 });
}

static json_t *
language_json(
    const struct language *l, const struct wall *wall, bool is_default)
{
	json_t *aliases = json_array();

	for (char *const *alias = l->aliases; *alias != NULL; alias++)
		json_array_append_new(aliases, json_string(*alias));
	return json_pack("{s:s,s:s,s:s,s:o,s:s,s:s,s:b,s:o,s:s?}", "name",
	    l->name, "title", l->title, "version", l->version, "aliases",
	    aliases, "extension", l->extension, "example", l->example,
	    "default", is_default, "walled",
	    wall->known ? json_boolean(wall->walled) : json_null(),
	    "wall_problem", wall->problem[0] ? wall->problem : NULL);
}

void
info_get_languages(struct web *web, struct http_request *r)
{
	const struct languages *l = &web->child.languages;
	int python = languages_find(l, "python");
	size_t standard = python >= 0 ? (size_t)python : 0;
	json_t *all = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(all,
		    language_json(&l->all[i], &web->walls[i], i == standard));
	json_respond(r, 200, json_pack("{s:o}", "languages", all));
}

int
info_on_wall(struct web *web, struct message *m)
{
	struct wall wall = { .known = true };
	uint16_t language = msgbuf_get_u16(&m->body);
	uint8_t walled = msgbuf_get_u8(&m->body);

	msgbuf_get_str(&m->body, wall.problem, sizeof wall.problem);
	if (!msgbuf_done(&m->body) || walled > 1 ||
	    language >= web->child.languages.n)
		return -1;
	wall.walled = walled;
	web->walls[language] = wall;
	return 0;
}

/* ---- examples --------------------------------------------------------- */

/* The text between the first two """: title and what it tries. */
static void
find_docstring(const char *code, size_t n, const char **ret, size_t *ret_n)
{
	static const char quotes[] = "\"\"\"";
	const char *start = memmem(code, n, quotes, 3), *end = NULL;

	if (start != NULL) {
		start += 3;
		end = memmem(start, n - (size_t)(start - code), quotes, 3);
	}
	*ret = end ? start : code;
	*ret_n = end ? (size_t)(end - start) : 0;
}

static json_t *
trimmed(const char *text, size_t n)
{
	static const char blank[] = " \t\r\n";

	while (n > 0 && strchr(blank, text[0]) != NULL)
		text++, n--;
	while (n > 0 && strchr(blank, text[n - 1]) != NULL)
		n--;
	return json_stringn(text, n);
}

static json_t *
example_json(const struct asset *a, const char *name)
{
	size_t name_len = strcspn(name, "."), n, line;
	const char *text, *newline;

	find_docstring(a->bytes, a->len, &text, &n);
	newline = memchr(text, '\n', n);
	line = newline ? (size_t)(newline - text) : n;
	return json_pack("{s:o,s:o,s:s,s:o,s:o}", "name",
	    json_stringn(name, name_len), "title",
	    line > 0 ? trimmed(text, line) : json_stringn(name, name_len),
	    "language", "python", "what", trimmed(text + line, n - line),
	    "code", json_stringn(a->bytes, a->len));
}

void
info_get_examples(struct web *web, struct http_request *r)
{
	static const char folder[] = "examples/";
	json_t *all = json_array();

	(void)web;
	for (const struct asset *a = assets; a->path != NULL; a++)
		if (strncmp(a->path, folder, sizeof folder - 1) == 0)
			json_array_append_new(
			    all, example_json(a, a->path + sizeof folder - 1));
	json_respond(r, 200, json_pack("{s:o}", "examples", all));
}
