/*
 * tests/unit/test_frames.c -- the exec stream, common/frames.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/frames.h"
#include "tests/unit/suites.h"

/* What a handler was given, in words: "66:hello;68:;". */
struct heard {
	char text[256];
	int refuse; /* this type is refused; 0: none */
};

static int
on_frame(void *arg, unsigned type, struct msgbuf *body)
{
	struct heard *h = arg;
	size_t n = strlen(h->text);

	snprintf(h->text + n, sizeof h->text - n, "%u:%.*s;", type,
	    (int)body->len, (const char *)body->data);
	return (int)type == h->refuse ? -1 : 0;
}

static int
on_part(void *arg, unsigned stream, const uint8_t *data, size_t n)
{
	struct msgbuf *to = arg;

	for (size_t i = 0; i < n; i++) {
		msgbuf_put_u8(to, (uint8_t)stream);
		msgbuf_put_u8(to, data[i]);
	}
	return 0;
}

/* Three frames: with a body, without, with a body. */
static void
put_frames(struct msgbuf *m)
{
	size_t place = frame_begin(m, FRAME_OUT);

	msgbuf_put_raw(m, "hello", 5);
	frame_end(m, place);
	frame_end(m, frame_begin(m, FRAME_READY));
	place = frame_begin(m, FRAME_ERR);
	msgbuf_put_raw(m, "x", 1);
	frame_end(m, place);
}
#define FRAMES_HEARD "66:hello;65:;67:x;"

/* ---- the payloads ----------------------------------------------------- */

static void
run_frame_refuses_every_truncation(void)
{
	struct run_frame run = { 1, 2, 3, 4 }, back = { .cpu_s = 99 };
	struct msgbuf m, view;

	msgbuf_init(&m, 100);
	run_frame_put(&m, &run);
	for (size_t n = 0; n < m.len; n++) {
		msgbuf_view(&view, m.data, n);
		CU_ASSERT_EQUAL(run_frame_get(&view, &back), -1);
		CU_ASSERT_EQUAL(back.cpu_s, 99);
	}
	msgbuf_put_raw(&m, "program", 7);
	CU_ASSERT_EQUAL(run_frame_get(&m, &back), 0);
	CU_ASSERT_EQUAL(back.cpu_s, 1);
	CU_ASSERT_EQUAL(back.file_mb, 2);
	CU_ASSERT_EQUAL(back.open_files, 3);
	CU_ASSERT_EQUAL(back.output_bytes, 4);
	CU_ASSERT_EQUAL(msgbuf_left(&m), 7);
	msgbuf_fini(&m);
}

static const struct exit_frame an_exit = {
	.how = EXIT_SIGNALLED,
	.value = 11,
	.cause = EXIT_OUTPUT_LIMIT,
	.cut = FRAME_CUT_STDERR,
	.wall_us = 5,
	.cpu_us = 6,
	.memory_kb = 7,
};

static void
exit_frame_refuses_truncation_and_trailing_bytes(void)
{
	struct exit_frame back = { .value = 99 };
	struct msgbuf m, view;

	msgbuf_init(&m, 100);
	exit_frame_put(&m, &an_exit);
	for (size_t n = 0; n < m.len; n++) {
		msgbuf_view(&view, m.data, n);
		CU_ASSERT_EQUAL(exit_frame_get(&view, &back), -1);
	}
	msgbuf_view(&view, m.data, m.len);
	CU_ASSERT_EQUAL(back.value, 99);
	CU_ASSERT_EQUAL(exit_frame_get(&view, &back), 0);
	CU_ASSERT_EQUAL(back.how, an_exit.how);
	CU_ASSERT_EQUAL(back.value, an_exit.value);
	CU_ASSERT_EQUAL(back.cause, an_exit.cause);
	CU_ASSERT_EQUAL(back.cut, an_exit.cut);
	CU_ASSERT_EQUAL(back.wall_us, an_exit.wall_us);
	CU_ASSERT_EQUAL(back.cpu_us, an_exit.cpu_us);
	CU_ASSERT_EQUAL(back.memory_kb, an_exit.memory_kb);
	msgbuf_put_u8(&m, 0);
	CU_ASSERT_EQUAL(exit_frame_get(&m, &back), -1);
	msgbuf_fini(&m);
}

static bool
exit_is_taken(const struct exit_frame *exit)
{
	struct exit_frame back;
	struct msgbuf m;
	int result;

	msgbuf_init(&m, 100);
	exit_frame_put(&m, exit);
	result = exit_frame_get(&m, &back);
	msgbuf_fini(&m);
	return result == 0;
}

static void
exit_frame_refuses_numbers_that_mean_nothing(void)
{
	struct exit_frame exit = an_exit;

	CU_ASSERT_TRUE(exit_is_taken(&exit));
	exit.how = EXIT_SIGNALLED + 1;
	CU_ASSERT_FALSE(exit_is_taken(&exit));
	exit = an_exit;
	exit.cause = EXIT_NCAUSES;
	CU_ASSERT_FALSE(exit_is_taken(&exit));
	exit = an_exit;
	exit.value = 255;
	CU_ASSERT_TRUE(exit_is_taken(&exit));
	exit.value = 256;
	CU_ASSERT_FALSE(exit_is_taken(&exit));
}

/* ---- the reader ------------------------------------------------------- */

static void
frame_reader_finds_frames_at_every_split(void)
{
	struct frame_reader r;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	put_frames(&m);
	for (size_t a = 0; a <= m.len; a++)
		for (size_t b = a; b <= m.len; b++) {
			struct heard h = { 0 };

			frame_reader_init(&r, 100);
			CU_ASSERT_EQUAL(
			    frame_reader_feed(&r, m.data, a, on_frame, &h), 0);
			CU_ASSERT_EQUAL(frame_reader_feed(&r, m.data + a, b - a,
					    on_frame, &h),
			    0);
			CU_ASSERT_EQUAL(frame_reader_feed(&r, m.data + b,
					    m.len - b, on_frame, &h),
			    0);
			CU_ASSERT_STRING_EQUAL(h.text, FRAMES_HEARD);
			CU_ASSERT_TRUE(frame_reader_is_empty(&r));
			frame_reader_fini(&r);
		}
	msgbuf_fini(&m);
}

static void
frame_reader_never_reads_beyond_what_it_is_given(void)
{
	struct frame_reader r;
	struct heard h = { 0 };
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	put_frames(&m);
	frame_reader_init(&r, 100);
	for (size_t i = 0; i < m.len; i++) {
		/* Alone on the heap, so that a sanitizer guards its end. */
		auto_free uint8_t *byte = malloc(1);

		*byte = m.data[i];
		CU_ASSERT_EQUAL(
		    frame_reader_feed(&r, byte, 1, on_frame, &h), 0);
	}
	CU_ASSERT_STRING_EQUAL(h.text, FRAMES_HEARD);
	frame_reader_fini(&r);
	msgbuf_fini(&m);
}

static void
frame_reader_knows_when_a_frame_is_not_whole(void)
{
	struct frame_reader r;
	struct heard h = { 0 };

	frame_reader_init(&r, 100);
	CU_ASSERT_TRUE(frame_reader_is_empty(&r));
	CU_ASSERT_EQUAL(frame_reader_feed(&r, "\1", 1, on_frame, &h), 0);
	CU_ASSERT_FALSE(frame_reader_is_empty(&r));
	CU_ASSERT_EQUAL(frame_reader_feed(&r, "\0\0\0B", 4, on_frame, &h), 0);
	CU_ASSERT_FALSE(frame_reader_is_empty(&r));
	CU_ASSERT_EQUAL(frame_reader_feed(&r, "x", 1, on_frame, &h), 0);
	CU_ASSERT_TRUE(frame_reader_is_empty(&r));
	CU_ASSERT_STRING_EQUAL(h.text, "66:x;");
	frame_reader_fini(&r);
}

/* In one piece and byte by byte: the two ways through the reader. */
static void
frame_reader_refuses_a_body_above_its_maximum(void)
{
	static const char large[] = "\5\0\0\0Babcde", most[] = "\4\0\0\0Babcd";
	struct frame_reader r;
	struct heard h = { 0 };
	size_t i;
	int result = 0;

	frame_reader_init(&r, 4);
	CU_ASSERT_EQUAL(frame_reader_feed(&r, most, 9, on_frame, &h), 0);
	CU_ASSERT_STRING_EQUAL(h.text, "66:abcd;");
	CU_ASSERT_EQUAL(frame_reader_feed(&r, large, 10, on_frame, &h), -1);
	frame_reader_fini(&r);

	frame_reader_init(&r, 4);
	for (i = 0; i < 10 && result == 0; i++)
		result = frame_reader_feed(&r, large + i, 1, on_frame, &h);
	CU_ASSERT_EQUAL(result, -1);
	/* Its header alone says it: nothing of the body was waited for. */
	CU_ASSERT(i <= FRAME_HEADER_BYTES);
	CU_ASSERT_STRING_EQUAL(h.text, "66:abcd;");
	frame_reader_fini(&r);
}

static void
frame_reader_refuses_the_largest_number(void)
{
	struct frame_reader r;
	struct heard h = { 0 };

	frame_reader_init(&r, FRAME_TO_RUNNER_MAX);
	CU_ASSERT_EQUAL(
	    frame_reader_feed(&r, "\377\377\377\377B", 5, on_frame, &h), -1);
	frame_reader_fini(&r);
}

static void
frame_reader_stops_at_a_refusal(void)
{
	struct frame_reader r;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	put_frames(&m);
	for (size_t split = 0; split <= m.len; split++) {
		struct heard h = { .refuse = FRAME_READY };
		int result;

		frame_reader_init(&r, 100);
		result = frame_reader_feed(&r, m.data, split, on_frame, &h);
		if (result == 0)
			result = frame_reader_feed(
			    &r, m.data + split, m.len - split, on_frame, &h);
		CU_ASSERT_EQUAL(result, -1);
		CU_ASSERT_STRING_EQUAL(h.text, "66:hello;65:;");
		frame_reader_fini(&r);
	}
	msgbuf_fini(&m);
}

/* ---- Docker's header -------------------------------------------------- */

static const uint8_t muxed[] = { 1, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c', 2, 0, 0,
	0, 0, 0, 0, 1, 'E', 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1,
	'd' };
#define DEMUXED "\1a\1b\1c\2E\1d"

static void
demux_finds_payload_at_every_split(void)
{
	for (size_t a = 0; a <= sizeof muxed; a++)
		for (size_t b = a; b <= sizeof muxed; b++) {
			struct demux d = { 0 };
			struct msgbuf to;

			msgbuf_init(&to, 100);
			CU_ASSERT_EQUAL(
			    demux_feed(&d, muxed, a, on_part, &to), 0);
			CU_ASSERT_EQUAL(
			    demux_feed(&d, muxed + a, b - a, on_part, &to), 0);
			CU_ASSERT_EQUAL(demux_feed(&d, muxed + b,
					    sizeof muxed - b, on_part, &to),
			    0);
			CU_ASSERT_TRUE(demux_is_empty(&d));
			CU_ASSERT_EQUAL(to.len, strlen(DEMUXED));
			CU_ASSERT_EQUAL(memcmp(to.data, DEMUXED, to.len), 0);
			msgbuf_fini(&to);
		}
}

static void
demux_refuses_a_stream_that_is_neither_1_nor_2(void)
{
	for (unsigned stream = 0; stream < 256; stream++) {
		uint8_t header[9] = { (uint8_t)stream, 0, 0, 0, 0, 0, 0, 1,
			'x' };
		struct demux d = { 0 };
		struct msgbuf to;
		bool known = stream == 1 || stream == 2;

		msgbuf_init(&to, 100);
		CU_ASSERT_EQUAL(
		    demux_feed(&d, header, 9, on_part, &to), known ? 0 : -1);
		CU_ASSERT_EQUAL(to.len, known ? 2 : 0);
		msgbuf_fini(&to);
	}
}

static void
demux_is_empty_only_between_parts(void)
{
	struct demux d = { 0 };
	struct msgbuf to;

	msgbuf_init(&to, 100);
	for (size_t i = 0; i < 11; i++) {
		CU_ASSERT_EQUAL(demux_is_empty(&d), i == 0);
		CU_ASSERT_EQUAL(demux_feed(&d, muxed + i, 1, on_part, &to), 0);
	}
	CU_ASSERT_TRUE(demux_is_empty(&d));
	msgbuf_fini(&to);
}

static int
refuse_part(void *arg, unsigned stream, const uint8_t *data, size_t n)
{
	(void)arg, (void)stream, (void)data, (void)n;
	return -1;
}

static void
demux_stops_at_a_refusal(void)
{
	struct demux d = { 0 };

	CU_ASSERT_EQUAL(
	    demux_feed(&d, muxed, sizeof muxed, refuse_part, NULL), -1);
}

void
add_frames_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(run_frame_refuses_every_truncation),
		TEST_ROW(exit_frame_refuses_truncation_and_trailing_bytes),
		TEST_ROW(exit_frame_refuses_numbers_that_mean_nothing),
		TEST_ROW(frame_reader_finds_frames_at_every_split),
		TEST_ROW(frame_reader_never_reads_beyond_what_it_is_given),
		TEST_ROW(frame_reader_knows_when_a_frame_is_not_whole),
		TEST_ROW(frame_reader_refuses_a_body_above_its_maximum),
		TEST_ROW(frame_reader_refuses_the_largest_number),
		TEST_ROW(frame_reader_stops_at_a_refusal),
		TEST_ROW(demux_finds_payload_at_every_split),
		TEST_ROW(demux_refuses_a_stream_that_is_neither_1_nor_2),
		TEST_ROW(demux_is_empty_only_between_parts),
		TEST_ROW(demux_stops_at_a_refusal),
	};

	suite_add("frames", tests, nitems(tests));
}
