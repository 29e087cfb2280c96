#include "web/attacks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/messages.h"
#include "web/text.h"

#define BINARY_MAX (16 * MIB)

/* ---- reading the catalog ---------------------------------------------- */

static int
wrong(struct err *e, const char *field, const char *expected)
{
	return err_set(e, ERR_INVALID, "%s: expected %s", field, expected);
}

static int
read_texts(struct attack *a, struct err *e)
{
	static const char *const texts[] = { "name", "language", "title",
		"tries", "wall", "without", "stdin", "code" };

	for (size_t i = 0; i < nitems(texts); i++)
		if (!json_is_string(json_object_get(a->json, texts[i])))
			return wrong(e, texts[i], "a string");
	a->name = json_string_value(json_object_get(a->json, "name"));
	a->wall = json_string_value(json_object_get(a->json, "wall"));
	a->language = json_string_value(json_object_get(a->json, "language"));
	if (strcmp(a->language, "c") == 0) {
		a->is_c = true;
		a->language = "bash";
	}
	if (a->name[0] == '\0' ||
	    a->name[strspn(a->name, "abcdefghijklmnopqrstuvwxyz_0123456789")])
		return wrong(e, "name", "small letters, digits and _");
	return 0;
}

static int
find_status(const char *name)
{
	for (unsigned i = 0; i < RUN_NSTATUSES; i++)
		if (strcmp(name, run_status_name(i)) == 0)
			return (int)i;
	return -1;
}

static int
read_expect(struct attack *a, struct err *e)
{
	const json_t *expect = json_object_get(a->json, "expect");

	for (size_t i = 0; i < json_array_size(expect); i++) {
		const char *name = json_string_value(json_array_get(expect, i));
		int status = name ? find_status(name) : -1;

		if (status < 0)
			return wrong(e, "expect", "names of statuses");
		a->expect |= 1u << status;
	}
	return a->expect ? 0 : wrong(e, "expect", "at least one status");
}

static int
read_words(struct attack *a, const char *field, struct err *e)
{
	const json_t *words = json_object_get(a->json, field);
	size_t n = json_array_size(words);

	if (!json_is_array(words) || n > ATTACK_RUNS_MAX)
		return wrong(e, field, "an array of some strings");
	for (size_t i = 0; i < n; i++)
		if (!json_is_string(json_array_get(words, i)))
			return wrong(e, field, "an array of some strings");
	if (n > 0 && a->words != NULL)
		return wrong(e, field, "none, for there are runs already");
	if (n > 0)
		a->words = words;
	return 0;
}

static int
read_attack(struct attack *a, json_t *row, struct err *e)
{
	const json_t *value;
	const char *key;

	*a = (struct attack){ .json = row };
	if (!json_is_object(row))
		return wrong(e, "attack", "an object");
	if (read_texts(a, e) < 0 || read_expect(a, e) < 0 ||
	    read_words(a, "runs", e) < 0)
		return -1;
	a->together = a->words == NULL;
	if (read_words(a, "together", e) < 0)
		return -1;
	a->together = a->together && a->words != NULL;
	a->nruns = a->words ? json_array_size(a->words) : 1;
	if (!json_is_object(json_object_get(row, "limits")))
		return wrong(e, "limits", "an object");
	json_object_foreach(json_object_get(row, "limits"), key, value)
		if (!json_is_integer(value))
			return wrong(e, "limits", "numbers");
	return 0;
}

static json_t *
base64(const void *data, size_t n)
{
	struct msgbuf text;
	json_t *value = NULL;

	msgbuf_init(&text, BINARY_MAX);
	text_put_base64(&text, data, n);
	if (!text.bad)
		value = json_stringn((char *)text.data, text.len);
	msgbuf_fini(&text);
	return value;
}

static int
read_all(struct attacks *attacks, struct err *e)
{
	attacks->n = json_array_size(attacks->catalog);
	attacks->all = calloc(
	    attacks->n ? attacks->n : 1, sizeof *attacks->all);
	if (attacks->all == NULL || attacks->binary == NULL)
		return err_set(e, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < attacks->n; i++)
		if (read_attack(&attacks->all[i],
			json_array_get(attacks->catalog, i), e) < 0)
			return err_wrap(e, "attack %zu", i);
	return 0;
}

int
attacks_read(struct attacks *ret, const char *catalog, size_t n,
    const void *binary, size_t binary_len, struct err *e)
{
	struct attacks attacks = { .n = 0 };
	json_error_t why;

	attacks.catalog = json_loadb(catalog, n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_array(attacks.catalog)) {
		err_set(e, ERR_INVALID, "the catalog of attacks: line %d: %s",
		    why.line, attacks.catalog ? "no array" : why.text);
		attacks_free(&attacks);
		return -1;
	}
	attacks.binary = base64(binary, binary_len);
	if (read_all(&attacks, e) < 0) {
		attacks_free(&attacks);
		return -1;
	}
	*ret = attacks;
	return 0;
}

int
attacks_load(struct attacks *ret, struct err *e)
{
	return attacks_read(ret, attacks_catalog, attacks_catalog_bytes,
	    attacks_binary, attacks_binary_bytes, e);
}

void
attacks_free(struct attacks *attacks)
{
	json_decref(attacks->catalog);
	json_decref(attacks->binary);
	free(attacks->all);
	*attacks = (struct attacks){ .n = 0 };
}

/* ---- one run ---------------------------------------------------------- */

static json_t *
limits_of(const struct attack *a, const struct settings *s)
{
	/* The suite was written for these. */
	const struct {
		const char *name;
		json_int_t value, max;
	} limits[] = {
		{ "wall_ms", 10000, s->run_wall_ms_max },
		{ "cpu_ms", 10000, s->run_cpu_ms_max },
		{ "memory_mb", 256, s->run_memory_mb_max },
		{ "processes", 64, s->run_processes_max },
		{ "output_kb", 1024, s->run_output_kb_max },
	};
	const json_t *own = json_object_get(a->json, "limits");
	json_t *all = json_object();

	for (size_t i = 0; i < nitems(limits); i++) {
		const json_t *given = json_object_get(own, limits[i].name);
		json_int_t value = given ? json_integer_value(given) :
					   limits[i].value;

		json_object_set_new(all, limits[i].name,
		    json_integer(
			value < limits[i].max ? value : limits[i].max));
	}
	return all;
}

static json_t *
program_of(const struct attack *a)
{
	if (a->is_c)
		return json_sprintf(
		    "chmod +x attacks; exec ./attacks %s \"$@\"", a->name);
	return json_incref(json_object_get(a->json, "code"));
}

json_t *
attack_order(const struct attacks *attacks, const struct attack *a, size_t i,
    const struct settings *settings)
{
	json_t *order = json_pack("{s:s, s:o, s:O, s:o}", "language",
	    a->language, "code", program_of(a), "stdin",
	    json_object_get(a->json, "stdin"), "limits",
	    limits_of(a, settings));

	if (a->words != NULL)
		json_object_set_new(order, "args",
		    json_pack("[O]", json_array_get(a->words, i)));
	if (a->is_c)
		json_object_set_new(order, "files",
		    json_pack("[{s:s, s:s, s:O}]", "name", "attacks",
			"encoding", "base64", "content", attacks->binary));
	return order;
}
