/*
 * tests/unit/test_msgbuf.c -- the bounded buffer, common/msgbuf.c.
 */
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/msgbuf.h"
#include "tests/unit/suites.h"

static void
put_one_of_each(struct msgbuf *m)
{
	msgbuf_put_u8(m, 0x11);
	msgbuf_put_u16(m, 0x2222);
	msgbuf_put_u32(m, 0x33333333);
	msgbuf_put_u64(m, 0x4444444444444444);
	msgbuf_put_str(m, "text");
	msgbuf_put_block(m, "a\0b", 3);
	msgbuf_put_block(m, NULL, 0);
	msgbuf_put_raw(m, "raw", 3);
}

struct one_of_each {
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	char text[8];
	const void *block, *empty, *raw;
	size_t block_len, empty_len;
};

static void
get_one_of_each(struct msgbuf *m, struct one_of_each *v)
{
	v->u8 = msgbuf_get_u8(m);
	v->u16 = msgbuf_get_u16(m);
	v->u32 = msgbuf_get_u32(m);
	v->u64 = msgbuf_get_u64(m);
	msgbuf_get_str(m, v->text, sizeof v->text);
	v->block = msgbuf_get_block(m, &v->block_len);
	v->empty = msgbuf_get_block(m, &v->empty_len);
	v->raw = msgbuf_get_raw(m, 3);
}

static void
msgbuf_gives_back_what_was_put(void)
{
	struct one_of_each v;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	put_one_of_each(&m);
	get_one_of_each(&m, &v);
	CU_ASSERT_TRUE(msgbuf_done(&m));
	CU_ASSERT_EQUAL(v.u8, 0x11);
	CU_ASSERT_EQUAL(v.u16, 0x2222);
	CU_ASSERT_EQUAL(v.u32, 0x33333333);
	CU_ASSERT_EQUAL(v.u64, 0x4444444444444444);
	CU_ASSERT_STRING_EQUAL(v.text, "text");
	CU_ASSERT_EQUAL(v.block_len, 3);
	CU_ASSERT_EQUAL(memcmp(v.block, "a\0b", 3), 0);
	CU_ASSERT_EQUAL(v.empty_len, 0);
	CU_ASSERT_EQUAL(memcmp(v.raw, "raw", 3), 0);
	msgbuf_fini(&m);
}

static void
msgbuf_refuses_every_truncation(void)
{
	struct one_of_each v;
	struct msgbuf m, view;

	msgbuf_init(&m, 1000);
	put_one_of_each(&m);
	for (size_t n = 0; n < m.len; n++) {
		/* A copy of just that size: a sanitizer sees each step over. */
		auto_free uint8_t *part = malloc(n ? n : 1);

		memcpy(part, m.data, n);
		msgbuf_view(&view, part, n);
		get_one_of_each(&view, &v);
		CU_ASSERT_FALSE(msgbuf_done(&view));
		CU_ASSERT_PTR_NULL(v.raw);
		CU_ASSERT_EQUAL(msgbuf_left(&view), 0);
	}
	msgbuf_fini(&m);
}

static void
msgbuf_is_not_done_while_bytes_are_left(void)
{
	struct one_of_each v;
	struct msgbuf m;

	msgbuf_init(&m, 1000);
	put_one_of_each(&m);
	msgbuf_put_u8(&m, 0);
	get_one_of_each(&m, &v);
	CU_ASSERT_FALSE(m.bad);
	CU_ASSERT_FALSE(msgbuf_done(&m));
	CU_ASSERT_EQUAL(msgbuf_left(&m), 1);
	msgbuf_fini(&m);
}

static void
msgbuf_gives_zeros_once_it_is_bad(void)
{
	struct msgbuf m;
	char text[4] = "xyz";
	size_t n = 9;

	msgbuf_view(&m, "\1\2\3", 3);
	CU_ASSERT_EQUAL(msgbuf_get_u32(&m), 0);
	CU_ASSERT_TRUE(m.bad);
	CU_ASSERT_EQUAL(msgbuf_get_u8(&m), 0);
	CU_ASSERT_EQUAL(msgbuf_get_u16(&m), 0);
	CU_ASSERT_EQUAL(msgbuf_get_u64(&m), 0);
	CU_ASSERT_PTR_NULL(msgbuf_get_block(&m, &n));
	CU_ASSERT_EQUAL(n, 0);
	msgbuf_get_str(&m, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_EQUAL(msgbuf_left(&m), 0);
}

static void
msgbuf_refuses_what_is_beyond_its_maximum(void)
{
	struct msgbuf m;

	msgbuf_init(&m, 10);
	msgbuf_put_u64(&m, 1);
	msgbuf_put_u16(&m, 1);
	CU_ASSERT_FALSE(m.bad);
	msgbuf_put_u8(&m, 1);
	CU_ASSERT_TRUE(m.bad);
	CU_ASSERT_EQUAL(m.len, 10);
	/* Everything after it does nothing. */
	msgbuf_put_raw(&m, "", 0);
	CU_ASSERT_EQUAL(m.len, 10);
	CU_ASSERT_TRUE(m.bad);
	msgbuf_reset(&m);
	CU_ASSERT_FALSE(m.bad);
	msgbuf_put_block(&m, "1234567", 7);
	CU_ASSERT_TRUE(m.bad);
	msgbuf_fini(&m);
}

static void
msgbuf_refuses_a_block_longer_than_what_is_left(void)
{
	struct msgbuf m;
	size_t n;

	msgbuf_view(&m, "\4\0\0\0abc", 7);
	CU_ASSERT_PTR_NULL(msgbuf_get_block(&m, &n));
	CU_ASSERT_TRUE(m.bad);
	msgbuf_view(&m, "\377\377\377\377abc", 7);
	CU_ASSERT_PTR_NULL(msgbuf_get_block(&m, &n));
	CU_ASSERT_TRUE(m.bad);
}

static void
msgbuf_refuses_a_text_that_does_not_fit_or_has_a_nul(void)
{
	struct msgbuf m;
	char text[4];

	msgbuf_view(&m, "\3\0\0\0abc", 7);
	msgbuf_get_str(&m, text, sizeof text);
	CU_ASSERT_TRUE(msgbuf_done(&m));
	CU_ASSERT_STRING_EQUAL(text, "abc");
	msgbuf_view(&m, "\4\0\0\0abcd", 8);
	msgbuf_get_str(&m, text, sizeof text);
	CU_ASSERT_TRUE(m.bad);
	CU_ASSERT_STRING_EQUAL(text, "");
	msgbuf_view(&m, "\3\0\0\0a\0c", 7);
	msgbuf_get_str(&m, text, sizeof text);
	CU_ASSERT_TRUE(m.bad);
}

static void
msgbuf_set_changes_only_what_is_there(void)
{
	struct msgbuf m;

	msgbuf_init(&m, 100);
	msgbuf_put_u32(&m, 1);
	msgbuf_put_u32(&m, 2);
	msgbuf_set_u32(&m, 4, 3);
	CU_ASSERT_EQUAL(msgbuf_get_u32(&m), 1);
	CU_ASSERT_EQUAL(msgbuf_get_u32(&m), 3);
	CU_ASSERT_FALSE(m.bad);
	msgbuf_set_u32(&m, 5, 3);
	CU_ASSERT_TRUE(m.bad);
	msgbuf_fini(&m);
}

static void
msgbuf_view_is_never_written(void)
{
	char bytes[4] = "abc";
	struct msgbuf m;

	msgbuf_view(&m, bytes, 3);
	msgbuf_put_u8(&m, 'x');
	CU_ASSERT_TRUE(m.bad);
	CU_ASSERT_STRING_EQUAL(bytes, "abc");
	msgbuf_fini(&m);
}

static void
msgbuf_grows_over_many_sizes(void)
{
	struct msgbuf m;
	bool same = true;

	msgbuf_init(&m, 1u << 20);
	for (uint32_t i = 0; i < 50000; i++)
		msgbuf_put_u32(&m, i);
	CU_ASSERT_FALSE(m.bad);
	for (uint32_t i = 0; i < 50000; i++)
		same = same && msgbuf_get_u32(&m) == i;
	CU_ASSERT_TRUE(same);
	CU_ASSERT_TRUE(msgbuf_done(&m));
	msgbuf_fini(&m);
	msgbuf_fini(&m);
}

void
add_msgbuf_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(msgbuf_gives_back_what_was_put),
		TEST_ROW(msgbuf_refuses_every_truncation),
		TEST_ROW(msgbuf_is_not_done_while_bytes_are_left),
		TEST_ROW(msgbuf_gives_zeros_once_it_is_bad),
		TEST_ROW(msgbuf_refuses_what_is_beyond_its_maximum),
		TEST_ROW(msgbuf_refuses_a_block_longer_than_what_is_left),
		TEST_ROW(msgbuf_refuses_a_text_that_does_not_fit_or_has_a_nul),
		TEST_ROW(msgbuf_set_changes_only_what_is_there),
		TEST_ROW(msgbuf_view_is_never_written),
		TEST_ROW(msgbuf_grows_over_many_sizes),
	};

	suite_add("msgbuf", tests, nitems(tests));
}
