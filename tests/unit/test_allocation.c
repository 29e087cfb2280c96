/*
 * tests/unit/test_allocation.c -- every allocation fails once.
 *
 * The test program is linked with
 *
 *     -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
 *
 * so that calls from our own files come here first.  Without those flags the
 * tests say nothing, and pass.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/order.h"
#include "pool/queue.h"
#include "pool/slot.h"
#include "seccomp/filter.h"
#include "tests/unit/suites.h"

void *__real_malloc(size_t) __attribute__((weak));
void *__real_calloc(size_t, size_t) __attribute__((weak));
void *__real_realloc(void *, size_t) __attribute__((weak));
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);

/* The allocation that fails: 1 is the next; 0: none. */
static unsigned fail_at;

static bool
fails_now(void)
{
	return fail_at > 0 && --fail_at == 0;
}

void *
__wrap_malloc(size_t n)
{
	return fails_now() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails_now() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails_now() ? NULL : __real_realloc(p, n);
}

static void
msgbuf_is_bad_when_memory_ends(void)
{
	bool bad = true;

	for (unsigned n = 1; bad && n < 100 && __real_malloc != NULL; n++) {
		struct msgbuf m;

		msgbuf_init(&m, 1u << 20);
		fail_at = n;
		for (uint32_t i = 0; i < 4096; i++)
			msgbuf_put_u32(&m, i);
		bad = fail_at == 0;
		fail_at = 0;
		CU_ASSERT_EQUAL(m.bad, bad);
		/* What was there before is still there, and nothing after. */
		for (uint32_t i = 0; i < m.len / 4; i++)
			CU_ASSERT_EQUAL_FATAL(m.data[i * 4], (uint8_t)i);
		msgbuf_fini(&m);
	}
}

static void
output_log_says_when_memory_ends(void)
{
	bool failed = true;

	for (unsigned n = 1; failed && n < 100 && __real_malloc != NULL; n++) {
		struct output_log log;
		int result = 0;

		output_log_init(&log, 1u << 20);
		fail_at = n;
		for (unsigned i = 0; i < 2000 && result == 0; i++)
			result = output_log_add(&log,
			    i % 3 ? RUN_STDOUT : RUN_STDERR, "0123456789", 10);
		failed = fail_at == 0;
		fail_at = 0;
		CU_ASSERT_EQUAL(result, failed ? -1 : 0);
		output_log_fini(&log);
	}
}

static void
wait_queue_is_full_when_memory_ends(void)
{
	struct wait_queue q;
	struct ask ask = { .run = 1 };

	if (__real_malloc == NULL)
		return;
	wait_queue_init(&q, 10);
	CU_ASSERT_TRUE(wait_queue_push(&q, &ask));
	fail_at = 1;
	CU_ASSERT_FALSE(wait_queue_push(&q, &ask));
	fail_at = 0;
	CU_ASSERT_EQUAL(q.total, 1);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_FALSE(wait_queue_pop(&q, 0, true, &ask));
}

static void
slot_new_gives_nothing_when_memory_ends(void)
{
	static struct slots slots;

	if (__real_calloc == NULL)
		return;
	slots_init(&slots);
	fail_at = 1;
	CU_ASSERT_PTR_NULL(slot_new(&slots, NULL, 0));
	fail_at = 0;
	CU_ASSERT_EQUAL(slots_total(&slots, 0), 0);
}

static void
filter_is_an_error_when_memory_ends(void)
{
	struct seccomp_filter f = { 0 };
	struct err e;

	if (__real_malloc == NULL)
		return;
	fail_at = 1;
	CU_ASSERT_EQUAL(seccomp_filter_make(SECCOMP_WEB, &f, &e), -1);
	fail_at = 0;
	CU_ASSERT_PTR_NULL(f.code);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "filter"));
}

void
add_allocation_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(msgbuf_is_bad_when_memory_ends),
		TEST_ROW(output_log_says_when_memory_ends),
		TEST_ROW(wait_queue_is_full_when_memory_ends),
		TEST_ROW(slot_new_gives_nothing_when_memory_ends),
		TEST_ROW(filter_is_an_error_when_memory_ends),
	};

	suite_add("allocation", tests, nitems(tests));
}
