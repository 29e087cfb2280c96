#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "web/reader.h"
#include "web/text.h"

const char *
request_name_fault(const char *s, size_t n)
{
	size_t start = 0;

	if (n == 0 || n > REQUEST_NAME_MAX)
		return "a path of 1 to 1024 bytes";
	for (size_t i = 0; i <= n; i++) {
		size_t len = i - start;

		if (i < n && ((unsigned char)s[i] < ' ' || s[i] == 127))
			return "a path without control characters";
		if (i < n && s[i] != '/')
			continue;
		if (len == 0)
			return "a relative path without empty parts";
		if (s[start] == '.' &&
		    (len == 1 || (len == 2 && s[start + 1] == '.')))
			return "a path without '.' and '..'";
		if (len > REQUEST_COMPONENT_MAX)
			return "a path with parts of at most 255 bytes";
		start = i + 1;
	}
	return NULL;
}

/* The same path, or one is a folder on the way to the other. */
static bool
is_in_the_way(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] != '\0' && a[i] == b[i])
		i++;
	return (a[i] == '\0' && (b[i] == '\0' || b[i] == '/')) ||
	    (b[i] == '\0' && a[i] == '/');
}

static int
check_file_place(struct reader *r, size_t i, const char *name)
{
	const char *own = r->languages->all[r->language].main;

	if (is_in_the_way(name, own))
		return fault_set(r->f, 400, "invalid_field",
		    "files[%zu].name is \"%.60s\", expected another name: "
		    "the program itself is stored as %.60s",
		    i, name, own);
	for (size_t j = 0; j < i; j++) {
		const char *other = json_string_value(
		    json_object_get(json_array_get(r->files, j), "name"));

		if (is_in_the_way(name, other))
			return fault_set(r->f, 400, "invalid_field",
			    "files[%zu].name is \"%.60s\", expected a path "
			    "that files[%zu] (\"%.60s\") does not take",
			    i, name, j, other);
	}
	return 0;
}

static int
read_file_name(struct reader *r, size_t i, const json_t *name)
{
	const char *fault;
	char path[40];

	snprintf(path, sizeof path, "files[%zu].name", i);
	if (!json_is_string(name))
		return reader_refuse(
		    r, path, name, "a relative path as a string");
	fault = request_name_fault(
	    json_string_value(name), json_string_length(name));
	if (fault != NULL)
		return reader_refuse(r, path, name, fault);
	return check_file_place(r, i, json_string_value(name));
}

static int
put_file_content(
    struct reader *r, size_t i, const json_t *file, struct msgbuf *m)
{
	const json_t *content = json_object_get(file, "content");
	const json_t *encoding = json_object_get(file, "encoding");
	const char *word = json_string_value(encoding);
	size_t len = json_string_length(content), at = m->len;
	char path[40];

	snprintf(path, sizeof path, "files[%zu].content", i);
	if (!json_is_string(content))
		return reader_refuse(r, path, content, "a string");
	if (encoding == NULL || (word != NULL && strcmp(word, "utf8") == 0)) {
		msgbuf_put_block(m, json_string_value(content), len);
		return 0;
	}
	if (word == NULL || strcmp(word, "base64") != 0) {
		snprintf(path, sizeof path, "files[%zu].encoding", i);
		return reader_refuse(
		    r, path, encoding, "\"utf8\" or \"base64\"");
	}
	msgbuf_put_u32(m, 0);
	if (text_get_base64(m, json_string_value(content), len) < 0 && !m->bad)
		return reader_refuse(r, path, content,
		    "base64 (RFC 4648, padded, no line breaks)");
	msgbuf_set_u32(m, at, (uint32_t)(m->len - at - 4));
	return 0;
}

int
reader_put_file(struct reader *r, size_t i, struct msgbuf *m)
{
	static const struct reader_field fields[] = { { "name", NULL },
		{ "content", NULL }, { "encoding", NULL } };
	const json_t *file = json_array_get(r->files, i);
	const json_t *name = json_object_get(file, "name");
	char path[32];

	snprintf(path, sizeof path, "files[%zu]", i);
	if (!json_is_object(file))
		return reader_refuse(
		    r, path, file, "an object with name and content");
	if (reader_fields(r, path, file, fields, nitems(fields)) < 0 ||
	    read_file_name(r, i, name) < 0)
		return -1;
	msgbuf_put_block(m, json_string_value(name), json_string_length(name));
	return put_file_content(r, i, file, m);
}
