#include "web/reader.h"

#include <stdio.h>
#include <string.h>

/* What was there, in a few words: `the string "abc"`. */
static const char *
describe(const json_t *value, char *text, size_t size)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		snprintf(text, size, "the string \"%.40s\"%s",
		    json_string_value(value),
		    json_string_length(value) > 40 ? "..." : "");
		break;
	case JSON_INTEGER:
		snprintf(
		    text, size, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		snprintf(
		    text, size, "the number %.17g", json_real_value(value));
		break;
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		return "null";
	}
	return text;
}

int
reader_refuse(struct reader *r, const char *path, const json_t *value,
    const char *expected)
{
	char text[96];

	return fault_set(r->f, 400, "invalid_field", "%s is %s, expected %s",
	    path, value ? describe(value, text, sizeof text) : "missing",
	    expected);
}

static void
list_names(const struct reader_field *fields, size_t n, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s",
		    i ? ", " : "", fields[i].name);
}

static int
refuse_unknown(struct reader *r, const char *path, const char *key, size_t len,
    const struct reader_field *fields, size_t n)
{
	char known[128];

	list_names(fields, n, known, sizeof known);
	return fault_set(r->f, 400, "invalid_field",
	    "%s%s%.*s is not a known field, expected only %s", path,
	    path[0] ? "." : "", (int)(len < 60 ? len : 60), key, known);
}

int
reader_fields(struct reader *r, const char *path, const json_t *object,
    const struct reader_field *fields, size_t n)
{
	json_t *from = (json_t *)(uintptr_t)object; /* iterators want it so */

	for (void *it = json_object_iter(from); it != NULL;
	     it = json_object_iter_next(from, it)) {
		const char *key = json_object_iter_key(it);
		size_t len = json_object_iter_key_len(it), i = 0;

		while (i < n &&
		    (strlen(fields[i].name) != len ||
			memcmp(fields[i].name, key, len) != 0))
			i++;
		if (i == n)
			return refuse_unknown(r, path, key, len, fields, n);
		if (fields[i].read != NULL &&
		    fields[i].read(r, json_object_iter_value(it)) < 0)
			return -1;
	}
	return 0;
}
