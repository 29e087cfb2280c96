#include "web/request.h"

#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "common/messages.h"
#include "common/order.h"
#include "web/reader.h"

static const char *const environment[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin",
	"HOME=/home/sandbox",
	"USER=sandbox",
	"LOGNAME=sandbox",
	"LANG=C.UTF-8",
	"TMPDIR=/tmp",
	"PWD=/home/sandbox",
	"SHELL=/bin/bash",
};

/* ---- limits ----------------------------------------------------------- */

static int
read_limit(struct reader *r, const char *name, const json_t *value,
    uint32_t min, uint32_t max, uint32_t *ret)
{
	char path[40], expected[80];
	json_int_t n = json_integer_value(value);

	snprintf(path, sizeof path, "limits.%s", name);
	snprintf(expected, sizeof expected, "a whole number from %u to %u", min,
	    max);
	if (!json_is_integer(value) || n < min || n > max)
		return reader_refuse(r, path, value, expected);
	*ret = (uint32_t)n;
	return 0;
}

#define LIMIT(name, min)                                              \
	static int read_##name(struct reader *r, const json_t *value) \
	{                                                             \
		return read_limit(r, #name, value, min,               \
		    r->settings->run_##name##_max, &r->limits.name);  \
	}

LIMIT(wall_ms, 1)
LIMIT(cpu_ms, 1)
LIMIT(memory_mb, REQUEST_MEMORY_MB_MIN)
LIMIT(processes, 1)
LIMIT(output_kb, 1)

static int
read_limits(struct reader *r, const json_t *value)
{
	static const struct reader_field fields[] = {
		{ "wall_ms", read_wall_ms },
		{ "cpu_ms", read_cpu_ms },
		{ "memory_mb", read_memory_mb },
		{ "processes", read_processes },
		{ "output_kb", read_output_kb },
	};

	if (!json_is_object(value))
		return reader_refuse(r, "limits", value, "an object");
	return reader_fields(r, "limits", value, fields, nitems(fields));
}

/* ---- texts ------------------------------------------------------------ */

static int
read_code(struct reader *r, const json_t *value)
{
	size_t max = (size_t)r->settings->http_code_kb * KIB;

	if (!json_is_string(value))
		return reader_refuse(
		    r, "code", value, "the program as a string");
	if (json_string_length(value) > max)
		return fault_set(r->f, 413, "code_too_large",
		    "code has %zu bytes, at most %zu are taken",
		    json_string_length(value), max);
	r->code = value;
	return 0;
}

static int
refuse_language(struct reader *r, const char *name)
{
	char known[512] = "";
	size_t len = 0;

	for (size_t i = 0; i < r->languages->n && len < sizeof known; i++)
		len += (size_t)snprintf(known + len, sizeof known - len, "%s%s",
		    i ? ", " : "", r->languages->all[i].name);
	return fault_set(r->f, 422, "unknown_language",
	    "language is \"%.60s\", expected one of: %s", name, known);
}

static int
read_language(struct reader *r, const json_t *value)
{
	const char *name = json_string_value(value);
	int language;

	if (!json_is_string(value))
		return reader_refuse(
		    r, "language", value, "the name of a language as a string");
	/* A NUL inside hides what follows it from every C function. */
	language = strlen(name) == json_string_length(value) ?
	    languages_find(r->languages, name) :
	    -1;
	if (language < 0)
		return refuse_language(r, name);
	r->language = (unsigned)language;
	return 0;
}

static int
read_stdin(struct reader *r, const json_t *value)
{
	if (!json_is_string(value))
		return reader_refuse(r, "stdin", value, "a string");
	r->std_in = value;
	return 0;
}

static int
read_args(struct reader *r, const json_t *value)
{
	const json_t *item;
	size_t i, total = 0;
	char path[32];

	if (!json_is_array(value) || json_array_size(value) > REQUEST_ARGS_MAX)
		return reader_refuse(
		    r, "args", value, "an array of at most 256 strings");
	json_array_foreach(value, i, item) {
		size_t len = json_string_length(item);

		snprintf(path, sizeof path, "args[%zu]", i);
		if (!json_is_string(item) ||
		    memchr(json_string_value(item), '\0', len) != NULL)
			return reader_refuse(
			    r, path, item, "a string without a NUL character");
		if (len > REQUEST_ARG_BYTES_MAX)
			return reader_refuse(
			    r, path, item, "a string of less than 128 KiB");
		total += len;
	}
	if (total > REQUEST_ARGS_BYTES_MAX)
		return reader_refuse(
		    r, "args", value, "strings of at most 1 MiB together");
	r->args = value;
	return 0;
}

static int
read_fresh(struct reader *r, const json_t *value)
{
	if (!json_is_boolean(value))
		return reader_refuse(r, "fresh", value, "true or false");
	r->fresh = json_is_true(value);
	return 0;
}

static int
read_files(struct reader *r, const json_t *value)
{
	if (!json_is_array(value) || json_array_size(value) > REQUEST_FILES_MAX)
		return reader_refuse(
		    r, "files", value, "an array of at most 100 objects");
	r->files = value; /* checked when the language is known */
	return 0;
}

/* ---- the message ------------------------------------------------------ */

static void
put_text(struct msgbuf *m, const json_t *text)
{
	msgbuf_put_block(
	    m, text ? json_string_value(text) : "", json_string_length(text));
}

static void
put_argv(struct reader *r, struct msgbuf *m)
{
	char *const *run = r->languages->all[r->language].run;
	size_t nargs = json_array_size(r->args), nrun = 0;

	while (run[nrun] != NULL)
		nrun++;
	msgbuf_put_u16(m, (uint16_t)(nrun + nargs));
	for (size_t i = 0; i < nrun; i++)
		msgbuf_put_str(m, run[i]);
	for (size_t i = 0; i < nargs; i++)
		put_text(m, json_array_get(r->args, i));
}

/* As common/order.h and common/frames.h say. */
static int
put_message(struct reader *r, struct msgbuf *m)
{
	const struct run_order order = {
		.language = (uint16_t)r->language,
		.fresh = r->fresh,
		.limits = r->limits,
	};
	size_t nfiles = json_array_size(r->files);

	run_order_put(m, &order);
	put_argv(r, m);
	msgbuf_put_u16(m, nitems(environment));
	for (size_t i = 0; i < nitems(environment); i++)
		msgbuf_put_str(m, environment[i]);
	msgbuf_put_u16(m, (uint16_t)(1 + nfiles));
	msgbuf_put_str(m, r->languages->all[r->language].main);
	put_text(m, r->code);
	for (size_t i = 0; i < nfiles; i++)
		if (reader_put_file(r, i, m) < 0)
			return -1;
	put_text(m, r->std_in);
	if (m->bad)
		return fault_set(r->f, 413, "body_too_large",
		    "program, files and input are more than %zu bytes", m->max);
	return 0;
}

/* ---- the whole -------------------------------------------------------- */

static json_t *
parse(const void *json, size_t n, struct fault *f)
{
	json_error_t why;
	json_t *root;

	if (n == 0) {
		fault_set(f, 400, "invalid_json",
		    "the body is empty, "
		    "expected an object such as {\"code\": \"print(2 + 2)\"}");
		return NULL;
	}
	if (request_check_shape(json, n, f) < 0)
		return NULL;
	root = json_loadb(json, n,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &why);
	if (root == NULL)
		fault_set(f, 400, "invalid_json", "line %d, column %d: %s",
		    why.line, why.column, why.text);
	return root;
}

static void
set_defaults(struct reader *r)
{
	const struct settings *s = r->settings;
	int python = languages_find(r->languages, "python");

	r->language = python >= 0 ? (unsigned)python : 0;
	r->limits = (struct run_limits){
		.wall_ms = s->run_wall_ms,
		.cpu_ms = s->run_cpu_ms,
		.memory_mb = s->run_memory_mb,
		.processes = s->run_processes,
		.output_kb = s->run_output_kb,
	};
}

int
request_from_json(const json_t *root, const struct settings *settings,
    const struct languages *languages, struct run_request *ret, struct fault *f)
{
	static const struct reader_field fields[] = {
		{ "code", read_code },
		{ "language", read_language },
		{ "stdin", read_stdin },
		{ "args", read_args },
		{ "files", read_files },
		{ "limits", read_limits },
		{ "fresh", read_fresh },
	};
	struct reader r = {
		.settings = settings, .languages = languages, .f = f
	};
	struct msgbuf message;

	if (!json_is_object(root))
		return reader_refuse(&r, "the body", root, "an object");
	set_defaults(&r);
	if (reader_fields(&r, "", root, fields, nitems(fields)) < 0)
		return -1;
	if (r.code == NULL)
		return reader_refuse(
		    &r, "code", NULL, "the program as a string");
	msgbuf_init(&message, msg_info(MSG_RUN)->max);
	if (put_message(&r, &message) < 0) {
		msgbuf_fini(&message);
		return -1;
	}
	*ret = (struct run_request){
		.language = r.language,
		.limits = r.limits,
		.code_bytes = json_string_length(r.code),
		.message = message,
	};
	return 0;
}

int
request_read(const void *json, size_t n, const struct settings *settings,
    const struct languages *languages, struct run_request *ret, struct fault *f)
{
	auto_json json_t *root = parse(json, n, f);

	return root == NULL ?
	    -1 :
	    request_from_json(root, settings, languages, ret, f);
}
