#define _GNU_SOURCE
#include "web/judge.h"

#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/messages.h"

/* The suite's programs are held to less. */
#define OUTPUT_MAX (512 * MIB)

static const char stopped_mark[] = "stopped: ";
static const char escaped_mark[] = "ESCAPED";

/* What a run said. */
struct said {
	json_t *lines;
	size_t stopped, escaped;
	char first_escape[JUDGE_LINE_MAX + 1];
};

const char *
judgement_name(enum judgement judgement)
{
	static const char *const names[JUDGED_NJUDGEMENTS] = {
		[JUDGED_STOPPED] = "stopped",
		[JUDGED_SKIPPED] = "skipped",
		[JUDGED_ERROR] = "error",
		[JUDGED_UNCLEAR] = "unclear",
		[JUDGED_ESCAPED] = "escaped",
	};

	return names[judgement];
}

/* A hostile program wrote it, and a terminal may show it. */
static void
clean(const char *line, size_t n, char text[JUDGE_LINE_MAX + 1])
{
	size_t len = n < JUDGE_LINE_MAX ? n : JUDGE_LINE_MAX;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)(line[i] >= ' ' && line[i] <= '~' ? line[i] :
								    '?');
	text[len] = '\0';
}

static bool
begins(const char *line, size_t n, const char *mark)
{
	return n >= strlen(mark) && memcmp(line, mark, strlen(mark)) == 0;
}

static void
take_line(struct said *said, const char *line, size_t n)
{
	bool escaped = begins(line, n, escaped_mark);
	char text[JUDGE_LINE_MAX + 1];
	size_t *count = escaped ? &said->escaped : &said->stopped;

	if (!escaped && !begins(line, n, stopped_mark))
		return;
	clean(line, n, text);
	if (escaped && said->escaped == 0)
		memcpy(said->first_escape, text, sizeof text);
	if ((*count)++ < JUDGE_LINES_MAX)
		json_array_append_new(said->lines, json_string(text));
}

static void
take_lines(struct said *said, const struct msgbuf *text)
{
	const char *at = (const char *)text->data, *end = at + text->len;

	while (text->len > 0 && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		take_line(said, at, (size_t)(stop - at));
		at = stop + 1;
	}
}

/*
 * Each stream by itself: a line of one may stand in the middle of one of the
 * other's.  -1: malformed.
 */
static int
take_output(struct said *said, const struct run_result *result)
{
	for (unsigned stream = RUN_STDOUT; stream <= RUN_STDERR; stream++) {
		struct msgbuf segments, text;
		enum run_stream which;
		const void *data;
		size_t n;
		int bad = 0;

		msgbuf_view(&segments, result->output, result->output_len);
		msgbuf_init(&text, OUTPUT_MAX);
		while (bad == 0 && msgbuf_left(&segments) > 0) {
			bad = output_next(&segments, &which, &data, &n);
			if (bad == 0 && which == stream)
				msgbuf_put_raw(&text, data, n);
		}
		if (!text.bad)
			take_lines(said, &text);
		bad = bad < 0 || text.bad ? -1 : 0;
		msgbuf_fini(&text);
		if (bad < 0)
			return -1;
	}
	return 0;
}

static void
list_expected(uint32_t expect, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < RUN_NSTATUSES && len < size; i++)
		if (expect & 1u << i)
			len += (size_t)snprintf(text + len, size - len, "%s%s",
			    len ? " or " : "", run_status_name(i));
}

enum judgement
judge_run(uint32_t expect, const struct run_result *result, json_t *lines,
    char *why, size_t size)
{
	struct said said = { .lines = lines };
	char expected[128];

	why[0] = '\0';
	if (take_output(&said, result) < 0) {
		snprintf(why, size, "its output could not be read");
		return JUDGED_ERROR;
	}
	if (said.escaped > 0) {
		snprintf(why, size, "%s", said.first_escape);
		return JUDGED_ESCAPED;
	}
	if (!(expect & 1u << result->status)) {
		list_expected(expect, expected, sizeof expected);
		snprintf(why, size, "it ended with status %s, expected %s",
		    run_status_name(result->status), expected);
		return JUDGED_UNCLEAR;
	}
	if (result->status == RUN_OK && said.stopped == 0) {
		snprintf(why, size, "it does not say what stopped it");
		return JUDGED_UNCLEAR;
	}
	return JUDGED_STOPPED;
}
