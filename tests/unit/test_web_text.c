/*
 * tests/unit/test_web_text.c -- UTF-8, JSON strings and base64, web/text.c.
 */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/clock.h"
#include "tests/unit/suites.h"
#include "web/text.h"

struct text {
	const char *bytes;
	size_t n;
};

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

static void
text_takes_every_form_of_utf8(void)
{
	static const struct text good[] = {
		TEXT(""),
		TEXT("plain, and long enough for a whole machine word"),
		TEXT("\0\x01\x7f"),
		TEXT("\xc2\x80 \xdf\xbf"),
		TEXT("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"),
		TEXT("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"),
		TEXT("12345678\xc3\xa9"
		     "12345678\xe2\x82\xac"),
	};

	for (size_t i = 0; i < nitems(good); i++)
		CU_ASSERT(text_is_utf8(good[i].bytes, good[i].n));
}

static void
text_refuses_what_is_not_utf8(void)
{
	static const struct text bad[] = {
		TEXT("\x80"),
		TEXT("\xc0\x80"),         /* overlong NUL */
		TEXT("\xc1\xbf"),         /* overlong */
		TEXT("\xe0\x9f\xbf"),     /* overlong */
		TEXT("\xf0\x8f\xbf\xbf"), /* overlong */
		TEXT("\xed\xa0\x80"),     /* surrogate */
		TEXT("\xed\xbf\xbf"),     /* surrogate */
		TEXT("\xf4\x90\x80\x80"), /* above U+10FFFF */
		TEXT("\xf5\x80\x80\x80"),
		TEXT("\xff"),
		TEXT("\xc3"),
		TEXT("\xe2\x82"),
		TEXT("\xf0\x9f\x98"),
		TEXT("\xe2\x28\xa1"),
		TEXT("abcdefgh\xc3("),
	};

	for (size_t i = 0; i < nitems(bad); i++)
		CU_ASSERT_FALSE(text_is_utf8(bad[i].bytes, bad[i].n));
}

static void
text_whole_length_drops_only_a_begun_character(void)
{
	static const struct {
		struct text text;
		size_t whole;
	} cases[] = {
		{ TEXT(""), 0 },
		{ TEXT("abc"), 3 },
		{ TEXT("ab\xc3"), 2 },
		{ TEXT("ab\xc3\xa9"), 4 },
		{ TEXT("ab\xe2\x82"), 2 },
		{ TEXT("ab\xf0\x9f\x98"), 2 },
		{ TEXT("ab\xf0\x9f\x98\x80"), 6 },
		{ TEXT("\xf0"), 0 },
		/* Wrong anyway: cutting would not make it right. */
		{ TEXT("ab\xff"), 3 },
		{ TEXT("ab\x80\x80\x80\x80"), 6 },
		{ TEXT("ab\xed\xa0"), 4 },
	};

	for (size_t i = 0; i < nitems(cases); i++)
		CU_ASSERT_EQUAL(
		    text_whole_length(cases[i].text.bytes, cases[i].text.n),
		    cases[i].whole);
}

static void
expect_json(const struct text *in, const char *out)
{
	struct msgbuf m;

	msgbuf_init(&m, 4096);
	text_put_json(&m, in->bytes, in->n);
	CU_ASSERT_EQUAL(m.len, strlen(out));
	CU_ASSERT(m.len == strlen(out) && memcmp(m.data, out, m.len) == 0);
	msgbuf_fini(&m);
}

static void
text_json_escapes_and_replaces(void)
{
	static const struct {
		struct text in;
		const char *out;
	} cases[] = {
		{ TEXT(""), "\"\"" },
		{ TEXT("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
		{ TEXT("\n\r\t\b\f"), "\"\\n\\r\\t\\b\\f\"" },
		{ TEXT("\0\x1b\x7f"), "\"\\u0000\\u001b\x7f\"" },
		{ TEXT("\xc3\xa9"), "\"\xc3\xa9\"" },
		{ TEXT("a\xff"), "\"a\xef\xbf\xbd\"" },
		/* One for each piece that could have become a character. */
		{ TEXT("\xe2\x82(\xe2\x82"), "\"\xef\xbf\xbd(\xef\xbf\xbd\"" },
		{ TEXT("\xed\xa0\x80"),
		    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < nitems(cases); i++)
		expect_json(&cases[i].in, cases[i].out);
}

/* A reader that is not ours agrees, whatever the bytes are. */
static void
text_json_of_any_bytes_is_json(void)
{
	uint8_t bytes[64];
	struct msgbuf m;

	srand(1);
	for (unsigned round = 0; round < 20000; round++) {
		size_t n = (size_t)rand() % sizeof bytes;
		json_t *json;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(rand() >> 5);
		msgbuf_init(&m, 4096);
		text_put_json(&m, bytes, n);
		json = json_loadb((char *)m.data, m.len,
		    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		CU_ASSERT(json_is_string(json));
		if (text_is_utf8(bytes, n))
			CU_ASSERT(json_string_length(json) == n &&
			    memcmp(json_string_value(json), bytes, n) == 0);
		json_decref(json);
		msgbuf_fini(&m);
	}
}

/* What is put a block at a time is the same as what is put byte by byte. */
static void
text_json_does_not_depend_on_where_blocks_begin(void)
{
	static const char smile[] = { '\xf0', '\x9f', '\x98', '\x80' };
	struct msgbuf m;
	char bytes[300];

	for (size_t plain = 0; plain < 200; plain++) {
		memset(bytes, 'x', plain);
		memset(bytes + plain, '\x1f', sizeof bytes - plain - 4);
		memcpy(bytes + sizeof bytes - 4, smile, sizeof smile);
		msgbuf_init(&m, 4096);
		text_put_json(&m, bytes, sizeof bytes);
		CU_ASSERT_EQUAL(m.len, 2 + plain + 6 * (296 - plain) + 4);
		CU_ASSERT_EQUAL(memcmp(m.data + 1, bytes, plain), 0);
		for (size_t i = 1 + plain; i + 5 < m.len; i += 6)
			CU_ASSERT_EQUAL(memcmp(m.data + i, "\\u001f", 6), 0);
		CU_ASSERT_EQUAL(
		    memcmp(m.data + m.len - 5, "\xf0\x9f\x98\x80\"", 5), 0);
		msgbuf_fini(&m);
	}
}

/* The loop must not stand still: a whole run's output, at its worst. */
static void
text_json_of_the_worst_bytes_is_fast(void)
{
	const size_t n = 16u << 20;
	auto_free char *bytes = calloc(1, n);
	uint64_t from_us;
	struct msgbuf m;

	msgbuf_init(&m, 6 * n + 2);
	from_us = clock_us();
	text_put_json(&m, bytes, n);
	CU_ASSERT_EQUAL(m.len, 6 * n + 2);
	/* It takes 0.1 s; with sanitizers and on a busy machine, more. */
	CU_ASSERT(clock_us() - from_us < 2000000);
	msgbuf_fini(&m);
}

static void
text_json_stops_at_the_buffers_maximum(void)
{
	struct msgbuf m;

	msgbuf_init(&m, 8);
	text_put_json_str(&m, "longer than eight");
	CU_ASSERT(m.bad);
	msgbuf_fini(&m);
}

static void
text_base64_gives_back_what_was_put_in(void)
{
	struct msgbuf coded, plain;
	uint8_t bytes[300];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		msgbuf_init(&coded, 1000);
		msgbuf_init(&plain, 1000);
		text_put_base64(&coded, bytes, n);
		CU_ASSERT_EQUAL(coded.len, (n + 2) / 3 * 4);
		CU_ASSERT_EQUAL(
		    text_get_base64(&plain, (char *)coded.data, coded.len), 0);
		CU_ASSERT(plain.len == n &&
		    (n == 0 || memcmp(plain.data, bytes, n) == 0));
		msgbuf_fini(&coded);
		msgbuf_fini(&plain);
	}
}

static void
text_base64_has_one_form_for_each_text(void)
{
	static const char *const bad[] = { "Zg", "Zg=", "Z===", "====", "Zg=a",
		"Zh==", "Zm9=", "Zm9v Zg==", "Zm9v\nZg==", "Zg==Zg==", "Zm-_",
		"=g==", "Zm9v=" };
	struct msgbuf m;

	for (size_t i = 0; i < nitems(bad); i++) {
		msgbuf_init(&m, 100);
		msgbuf_put_u8(&m, 'x');
		CU_ASSERT_EQUAL(
		    text_get_base64(&m, bad[i], strlen(bad[i])), -1);
		CU_ASSERT_EQUAL(m.len, 1);
		CU_ASSERT_FALSE(m.bad);
		msgbuf_fini(&m);
	}
}

void
add_web_text_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(text_takes_every_form_of_utf8),
		TEST_ROW(text_refuses_what_is_not_utf8),
		TEST_ROW(text_whole_length_drops_only_a_begun_character),
		TEST_ROW(text_json_escapes_and_replaces),
		TEST_ROW(text_json_of_any_bytes_is_json),
		TEST_ROW(text_json_does_not_depend_on_where_blocks_begin),
		TEST_ROW(text_json_of_the_worst_bytes_is_fast),
		TEST_ROW(text_json_stops_at_the_buffers_maximum),
		TEST_ROW(text_base64_gives_back_what_was_put_in),
		TEST_ROW(text_base64_has_one_form_for_each_text),
	};

	suite_add("web_text", rows, nitems(rows));
}
