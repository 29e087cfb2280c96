/*
 * tests/unit/test_wait_queue.c -- asks that wait, pool/queue.c.
 */
#include <stdint.h>
#include <stdlib.h>

#include "common/auto.h"
#include "pool/queue.h"
#include "tests/unit/suites.h"

/* The queue never looks inside a worker: any two addresses will do. */
static char places[2];
#define ANNA ((struct worker *)(void *)&places[0])
#define BERT ((struct worker *)(void *)&places[1])

static bool
push(struct wait_queue *q, struct worker *worker, uint64_t run,
    uint16_t language, uint64_t deadline_us)
{
	struct ask ask = {
		.worker = worker,
		.run = run,
		.language = language,
		.deadline_us = deadline_us,
	};

	return wait_queue_push(q, &ask);
}

static bool
push_fresh(struct wait_queue *q, uint64_t run, uint16_t language)
{
	struct ask ask = {
		.worker = ANNA,
		.run = run,
		.language = language,
		.fresh = true,
		.deadline_us = 100,
	};

	return wait_queue_push(q, &ask);
}

static void
empty(struct wait_queue *q)
{
	struct ask ask;

	for (uint16_t l = 0; l < LANGUAGES_MAX; l++)
		while (wait_queue_pop(q, l, true, &ask))
			;
	CU_ASSERT_EQUAL(q->total, 0);
}

static void
wait_queue_is_first_in_first_out_for_each_language(void)
{
	struct wait_queue q;
	struct ask ask;

	wait_queue_init(&q, 10);
	push(&q, ANNA, 1, 0, 100);
	push(&q, ANNA, 2, 5, 100);
	push(&q, BERT, 3, 0, 100);
	push(&q, ANNA, 4, 0, 100);
	CU_ASSERT_EQUAL(q.count[0], 3);
	CU_ASSERT_EQUAL(q.count[5], 1);
	CU_ASSERT_FALSE(wait_queue_pop(&q, 1, true, &ask));
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_EQUAL(ask.run, 1);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_EQUAL(ask.run, 3);
	CU_ASSERT_PTR_EQUAL(ask.worker, BERT);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_EQUAL(ask.run, 4);
	CU_ASSERT_FALSE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_EQUAL(q.total, 1);
	empty(&q);
}

static void
wait_queue_is_bounded_over_all_languages(void)
{
	struct wait_queue q;
	struct ask ask;

	wait_queue_init(&q, 2);
	CU_ASSERT_TRUE(push(&q, ANNA, 1, 0, 100));
	CU_ASSERT_TRUE(push(&q, ANNA, 2, 1, 100));
	CU_ASSERT_FALSE(push(&q, ANNA, 3, 2, 100));
	CU_ASSERT_EQUAL(q.total, 2);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_TRUE(push(&q, ANNA, 3, 2, 100));
	empty(&q);
	wait_queue_init(&q, 0);
	CU_ASSERT_FALSE(push(&q, ANNA, 1, 0, 100));
}

static void
wait_queue_knows_the_earliest_deadline(void)
{
	struct wait_queue q;

	wait_queue_init(&q, 10);
	CU_ASSERT_EQUAL(wait_queue_deadline(&q), 0);
	push(&q, ANNA, 1, 3, 300);
	push(&q, ANNA, 2, 3, 100);
	push(&q, ANNA, 3, 0, 200);
	CU_ASSERT_EQUAL(wait_queue_deadline(&q), 100);
	CU_ASSERT_TRUE(wait_queue_remove(&q, ANNA, 2));
	CU_ASSERT_EQUAL(wait_queue_deadline(&q), 200);
	empty(&q);
}

static void
wait_queue_expires_what_has_reached_its_deadline(void)
{
	struct wait_queue q;
	struct ask ask;

	wait_queue_init(&q, 10);
	push(&q, ANNA, 1, 0, 300);
	push(&q, ANNA, 2, 0, 100); /* asked later, and less patient */
	push(&q, ANNA, 3, 1, 200);
	CU_ASSERT_FALSE(wait_queue_expire(&q, 99, &ask));
	CU_ASSERT_TRUE(wait_queue_expire(&q, 100, &ask));
	CU_ASSERT_EQUAL(ask.run, 2);
	CU_ASSERT_FALSE(wait_queue_expire(&q, 100, &ask));
	CU_ASSERT_TRUE(wait_queue_expire(&q, 1000, &ask));
	CU_ASSERT_TRUE(wait_queue_expire(&q, 1000, &ask));
	CU_ASSERT_FALSE(wait_queue_expire(&q, 1000, &ask));
	CU_ASSERT_EQUAL(q.total, 0);
}

static void
wait_queue_removes_only_what_is_named(void)
{
	struct wait_queue q;

	wait_queue_init(&q, 10);
	push(&q, ANNA, 1, 0, 100);
	push(&q, BERT, 1, 0, 100);
	push(&q, ANNA, 2, 7, 100);
	CU_ASSERT_FALSE(wait_queue_remove(&q, BERT, 2));
	CU_ASSERT_TRUE(wait_queue_remove(&q, BERT, 1));
	CU_ASSERT_FALSE(wait_queue_remove(&q, BERT, 1));
	CU_ASSERT_EQUAL(q.total, 2);
	push(&q, BERT, 9, 7, 100);
	CU_ASSERT_EQUAL(wait_queue_remove_worker(&q, ANNA), 2);
	CU_ASSERT_EQUAL(wait_queue_remove_worker(&q, ANNA), 0);
	CU_ASSERT_EQUAL(q.total, 1);
	CU_ASSERT_EQUAL(q.count[7], 1);
	empty(&q);
}

static void
wait_queue_passes_over_who_wants_a_fresh_one(void)
{
	struct wait_queue q;
	struct ask ask;

	wait_queue_init(&q, 10);
	CU_ASSERT_FALSE(wait_queue_is_fresh_next(&q, 0));
	push_fresh(&q, 1, 0);
	push(&q, ANNA, 2, 0, 100);
	push_fresh(&q, 3, 0);
	push(&q, ANNA, 4, 0, 100);
	CU_ASSERT_EQUAL(q.count[0], 4);
	CU_ASSERT_EQUAL(q.fresh[0], 2);
	CU_ASSERT_TRUE(wait_queue_is_fresh_next(&q, 0));
	CU_ASSERT_FALSE(wait_queue_is_fresh_next(&q, 1));
	/* A used container is there. */
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, false, &ask));
	CU_ASSERT_EQUAL(ask.run, 2);
	/* A fresh one serves whose turn it is. */
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_EQUAL(ask.run, 1);
	CU_ASSERT_TRUE(ask.fresh);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, false, &ask));
	CU_ASSERT_EQUAL(ask.run, 4);
	CU_ASSERT_FALSE(wait_queue_pop(&q, 0, false, &ask));
	CU_ASSERT_EQUAL(q.fresh[0], 1);
	push(&q, ANNA, 5, 0, 100);
	CU_ASSERT_TRUE(wait_queue_remove(&q, ANNA, 3));
	CU_ASSERT_EQUAL(q.fresh[0], 0);
	CU_ASSERT_TRUE(wait_queue_pop(&q, 0, true, &ask));
	CU_ASSERT_FALSE(ask.fresh);
	empty(&q);
}

/* The counts are those of the lists, whatever is done. */
static void
wait_queue_counts_agree_with_its_lists(void)
{
	struct wait_queue q;
	struct ask ask;

	srandom(3);
	wait_queue_init(&q, 50);
	for (uint64_t i = 1; i < 20000; i++) {
		struct worker *who = random() % 2 ? ANNA : BERT;
		uint16_t language = (uint16_t)(random() % 3);
		uint32_t total = 0;

		switch (random() % 8) {
		case 0:
			wait_queue_pop(&q, language, random() % 2, &ask);
			break;
		case 1:
			wait_queue_expire(&q, i, &ask);
			break;
		case 2:
			wait_queue_remove(&q, who, i - (uint64_t)random() % 20);
			break;
		case 3:
			if (random() % 20 == 0)
				wait_queue_remove_worker(&q, who);
			break;
		case 4:
			push_fresh(&q, i, language);
			break;
		default:
			push(&q, who, i, language, i + (uint64_t)random() % 99);
			break;
		}
		for (size_t l = 0; l < LANGUAGES_MAX; l++) {
			struct ask *a;
			uint32_t n = 0, fresh = 0;

			TAILQ_FOREACH(a, &q.of[l], link) {
				n++;
				fresh += a->fresh;
			}
			CU_ASSERT_EQUAL_FATAL(n, q.count[l]);
			CU_ASSERT_EQUAL_FATAL(fresh, q.fresh[l]);
			total += n;
		}
		CU_ASSERT_EQUAL_FATAL(total, q.total);
		CU_ASSERT_FATAL(total <= 50);
	}
	empty(&q);
}

void
add_wait_queue_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(wait_queue_is_first_in_first_out_for_each_language),
		TEST_ROW(wait_queue_is_bounded_over_all_languages),
		TEST_ROW(wait_queue_knows_the_earliest_deadline),
		TEST_ROW(wait_queue_expires_what_has_reached_its_deadline),
		TEST_ROW(wait_queue_removes_only_what_is_named),
		TEST_ROW(wait_queue_passes_over_who_wants_a_fresh_one),
		TEST_ROW(wait_queue_counts_agree_with_its_lists),
	};

	suite_add("wait_queue", tests, nitems(tests));
}
