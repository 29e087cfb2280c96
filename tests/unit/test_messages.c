/*
 * tests/unit/test_messages.c -- the table of messages, and bytes.
 */
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/bytes.h"
#include "common/messages.h"
#include "common/order.h"
#include "tests/unit/suites.h"

static const struct msg_info rows[] = {
#define X(name, number, min, max, fds_min, fds_max) \
	{ (number), #name, (min), (max), (fds_min), (fds_max) },
	MSG_LIST(X)
#undef X
};

static void
messages_have_a_number_of_their_own(void)
{
	for (size_t i = 0; i < nitems(rows); i++)
		for (size_t j = i + 1; j < nitems(rows); j++) {
			CU_ASSERT_NOT_EQUAL(rows[i].type, rows[j].type);
			CU_ASSERT_STRING_NOT_EQUAL(rows[i].name, rows[j].name);
		}
}

static void
messages_have_bounds_that_fit(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		CU_ASSERT(rows[i].min <= rows[i].max);
		CU_ASSERT(rows[i].fds_min <= rows[i].fds_max);
		CU_ASSERT(rows[i].fds_max <= MSG_FDS_MAX);
		CU_ASSERT(rows[i].type > 0 && rows[i].type <= UINT16_MAX);
		CU_ASSERT(rows[i].max <= UINT32_MAX);
	}
}

static void
msg_info_finds_every_row_and_no_other(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		const struct msg_info *info = msg_info(rows[i].type);

		CU_ASSERT_PTR_NOT_NULL_FATAL(info);
		if (info == NULL)
			return;
		CU_ASSERT_STRING_EQUAL(info->name, rows[i].name);
		CU_ASSERT_STRING_EQUAL(msg_name(rows[i].type), rows[i].name);
	}
	CU_ASSERT_PTR_NULL(msg_info(0));
	CU_ASSERT_PTR_NULL(msg_info(UINT16_MAX));
	CU_ASSERT_STRING_EQUAL(msg_name(0), "?");
}

/*
 * Single bytes on stdout and stderr in turn cost six bytes each; a program
 * that does so must not be able to make a RESULT that cannot be sent.
 */
static void
messages_hold_the_largest_output_that_may_be_set(void)
{
	size_t max_kb = 0;

#define GROUP(title)
#define STR(name, value, help)
#define BOOL(name, value, help)
#define MAP(name, value, min, max, unit, help)
#define CHOICE(name, value, words, help)
#define U32(name, value, min, max, unit, help)       \
	if (strcmp(#name, "run_output_kb_max") == 0) \
		max_kb = (max);
#include "common/settings.def"
#undef GROUP
#undef STR
#undef BOOL
#undef U32
#undef MAP
#undef CHOICE
	CU_ASSERT_FATAL(max_kb > 0);
	CU_ASSERT(msg_info(MSG_RESULT)->max >=
	    2 * 6 * max_kb * KIB + sizeof(struct run_result));
}

static void
bytes_are_little_endian(void)
{
	uint8_t raw[8];

	bytes_put_u64(raw, 0x0102030405060708);
	CU_ASSERT_EQUAL(memcmp(raw, "\10\7\6\5\4\3\2\1", 8), 0);
	CU_ASSERT_EQUAL(bytes_get_u64(raw), 0x0102030405060708);
	CU_ASSERT_EQUAL(bytes_get_u32(raw), 0x05060708);
	CU_ASSERT_EQUAL(bytes_get_u16(raw), 0x0708);
	CU_ASSERT_EQUAL(bytes_get_be32(raw), 0x08070605);
	memset(raw, 0xff, sizeof raw);
	CU_ASSERT_EQUAL(bytes_get_u16(raw), UINT16_MAX);
	CU_ASSERT_EQUAL(bytes_get_u32(raw), UINT32_MAX);
	CU_ASSERT_EQUAL(bytes_get_u64(raw), UINT64_MAX);
	CU_ASSERT_EQUAL(bytes_get_be32(raw), UINT32_MAX);
}

void
add_messages_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(messages_have_a_number_of_their_own),
		TEST_ROW(messages_have_bounds_that_fit),
		TEST_ROW(msg_info_finds_every_row_and_no_other),
		TEST_ROW(messages_hold_the_largest_output_that_may_be_set),
		TEST_ROW(bytes_are_little_endian),
	};

	suite_add("messages", tests, nitems(tests));
}
