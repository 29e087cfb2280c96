#include "web/response.h"

#include <string.h>

#include "common/frames.h"
#include "web/text.h"

/* The output taken apart. */
struct streams {
	struct msgbuf stream[2]; /* stdout, stderr */
	struct msgbuf both;      /* in the order in which it was written */
	size_t whole[2];         /* without a character that a limit cut */
};

/* Where in the answer something was put. */
struct span {
	size_t at, len;
};

static void
streams_fini(struct streams *s)
{
	msgbuf_fini(&s->stream[0]);
	msgbuf_fini(&s->stream[1]);
	msgbuf_fini(&s->both);
}

static int
split(struct streams *s, const struct run_result *result)
{
	struct msgbuf m;
	enum run_stream which;
	const void *data;
	size_t n;

	msgbuf_view(&m, result->output, result->output_len);
	while (msgbuf_left(&m) > 0) {
		if (output_next(&m, &which, &data, &n) < 0)
			return -1;
		msgbuf_put_raw(&s->stream[which - 1], data, n);
	}
	return 0;
}

static void
cut_partial(struct streams *s, uint8_t cut)
{
	static const uint8_t bits[2] = { FRAME_CUT_STDOUT, FRAME_CUT_STDERR };

	for (size_t i = 0; i < 2; i++) {
		const struct msgbuf *m = &s->stream[i];

		s->whole[i] = cut & bits[i] ?
		    text_whole_length(m->data, m->len) :
		    m->len;
	}
}

static void
join(struct streams *s, const struct run_result *result)
{
	size_t seen[2] = { 0, 0 };
	enum run_stream which;
	struct msgbuf m;
	const void *data;
	size_t n;

	msgbuf_view(&m, result->output, result->output_len);
	while (msgbuf_left(&m) > 0 && output_next(&m, &which, &data, &n) == 0) {
		size_t room = s->whole[which - 1] - seen[which - 1];

		if (n > room)
			n = room;
		msgbuf_put_raw(&s->both, data, n);
		seen[which - 1] += n;
	}
}

static bool
ends_line(const struct msgbuf *both)
{
	return both->len > 0 && both->data[both->len - 1] == '\n';
}

static void
put_output(struct msgbuf *m, const struct streams *s, struct span *ret_span)
{
	msgbuf_put_raw(m, "\"output\":", 9);
	ret_span->at = m->len;
	text_put_json(m, s->both.data, s->both.len - ends_line(&s->both));
	ret_span->len = m->len - ret_span->at;
}

/* The text of the only stream: `output`, and what was left out there. */
static void
put_again(struct msgbuf *m, const struct streams *s, struct span output)
{
	size_t len = output.len - 1; /* not the closing quote */
	uint8_t *to = msgbuf_reserve(m, len);

	if (to == NULL)
		return;
	memcpy(to, m->data + output.at, len);
	m->len += len;
	if (ends_line(&s->both))
		msgbuf_put_raw(m, "\\n", 2);
	msgbuf_put_u8(m, '"');
}

static void
put_text(
    struct msgbuf *m, const struct streams *s, size_t i, struct span output)
{
	if (s->whole[i] == s->both.len)
		put_again(m, s, output);
	else
		text_put_json(m, s->stream[i].data, s->whole[i]);
}

static void
put_streams(struct msgbuf *m, const struct streams *s, struct span output)
{
	static const char *const names[2] = { "stdout", "stderr" };
	bool text[2];

	for (size_t i = 0; i < 2; i++) {
		const struct msgbuf *from = &s->stream[i];

		text[i] = text_is_utf8(from->data, s->whole[i]);
		text_put_format(m, ",\"%s\":", names[i]);
		if (text[i]) {
			put_text(m, s, i, output);
		} else {
			msgbuf_put_u8(m, '"');
			text_put_base64(m, from->data, from->len);
			msgbuf_put_u8(m, '"');
		}
	}
	if (text[0] && text[1])
		return;
	text_put_format(m, ",\"encoding\":{%s%s%s}",
	    text[0] ? "" : "\"stdout\":\"base64\"",
	    text[0] || text[1] ? "" : ",",
	    text[1] ? "" : "\"stderr\":\"base64\"");
}

static void
put_end(struct msgbuf *m, const struct run_result *result)
{
	text_put_format(
	    m, ",\"status\":\"%s\"", run_status_name(result->status));
	if (result->has_exit_code)
		text_put_format(m, ",\"exit_code\":%u", result->exit_code);
	else
		text_put_format(m, ",\"exit_code\":null");
	if (result->signal != 0)
		text_put_format(m, ",\"signal\":\"%s\"",
		    run_signal_name((int)result->signal));
	else
		text_put_format(m, ",\"signal\":null");
	text_put_format(m, ",\"truncated\":%s", result->cut ? "true" : "false");
	text_put_format(
	    m, ",\"recycled\":%s", result->recycled ? "true" : "false");
	if (result->detail[0] != '\0') {
		text_put_format(m, ",\"message\":");
		text_put_json_str(m, result->detail);
	}
}

static void
put_ms(struct msgbuf *m, const char *name, uint64_t us)
{
	text_put_format(m, "\"%s\":%llu.%03u", name,
	    (unsigned long long)(us / 1000), (unsigned)(us % 1000));
}

uint64_t
response_queue_us(const struct run_report *report)
{
	uint64_t worker_us = report->result->timing.worker_us;

	return report->total_us > worker_us ? report->total_us - worker_us : 0;
}

static void
put_numbers(struct msgbuf *m, const struct run_report *report)
{
	const struct run_result *result = report->result;

	text_put_format(m, ",\"usage\":{");
	put_ms(m, "wall_ms", result->wall_us);
	text_put_format(m, ",");
	put_ms(m, "cpu_ms", result->cpu_us);
	text_put_format(m, ",\"memory_kb\":%llu},\"timing\":{",
	    (unsigned long long)result->memory_kb);
	put_ms(m, "queue", response_queue_us(report));
	text_put_format(m, ",");
	put_ms(m, "lease", result->timing.lease_us);
	text_put_format(m, ",");
	put_ms(m, "thaw", result->timing.thaw_us);
	text_put_format(m, ",");
	put_ms(m, "run", result->timing.run_us);
	text_put_format(m, ",");
	put_ms(m, "total", report->total_us);
	text_put_format(m, ",\"warm\":false}");
}

int
response_put(struct msgbuf *m, const struct run_report *report)
{
	struct streams s = { 0 };
	struct span output;
	int result;

	msgbuf_init(&s.stream[0], RESPONSE_MAX);
	msgbuf_init(&s.stream[1], RESPONSE_MAX);
	msgbuf_init(&s.both, RESPONSE_MAX);
	result = split(&s, report->result);
	if (result == 0) {
		cut_partial(&s, report->result->cut);
		join(&s, report->result);
		text_put_format(
		    m, "{\"id\":\"" RUN_ID_FORMAT "\",", report->id);
		text_put_format(m, "\"language\":\"%s\",", report->language);
		put_output(m, &s, &output);
		put_streams(m, &s, output);
		put_end(m, report->result);
		put_numbers(m, report);
		msgbuf_put_raw(m, "}\n", 2);
		if (m->bad || s.both.bad || s.stream[0].bad || s.stream[1].bad)
			result = -1;
	}
	streams_fini(&s);
	return result;
}
