/*
 * tests/unit/test_slots.c -- containers by state, pool/slot.c.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "pool/slot.h"
#include "tests/unit/suites.h"

#define LANGUAGES 3

static struct slots slots;

/* Counts and lists say the same, and each slot is where its state says. */
static void
check_lists(uint32_t expected)
{
	uint32_t total = 0;

	for (uint16_t l = 0; l < LANGUAGES_MAX; l++) {
		uint32_t of_language = 0;

		for (unsigned state = 0; state < SLOT_NSTATES; state++) {
			struct slot *s;
			uint32_t n = 0;

			TAILQ_FOREACH(s, &slots.in[l][state], link) {
				CU_ASSERT_EQUAL_FATAL(s->state, state);
				CU_ASSERT_EQUAL_FATAL(s->language, l);
				n++;
			}
			CU_ASSERT_EQUAL_FATAL(n, slots.count[l][state]);
			of_language += n;
		}
		CU_ASSERT_EQUAL_FATAL(of_language, slots_total(&slots, l));
		total += of_language;
	}
	CU_ASSERT_EQUAL_FATAL(total, expected);
}

static void
free_all(void)
{
	for (uint16_t l = 0; l < LANGUAGES; l++)
		for (unsigned state = 0; state < SLOT_NSTATES; state++) {
			struct slot *s;

			while ((s = TAILQ_FIRST(&slots.in[l][state])) != NULL)
				slot_free(&slots, s);
		}
	check_lists(0);
}

static const enum slot_state steps[][2] = {
	{ SLOT_CREATING, SLOT_PAUSED },
	{ SLOT_CREATING, SLOT_DOOMED },
	{ SLOT_PAUSED, SLOT_LEASED },
	{ SLOT_PAUSED, SLOT_DOOMED },
	{ SLOT_LEASED, SLOT_PAUSED },
	{ SLOT_LEASED, SLOT_DOOMED },
};

static bool
is_step(enum slot_state from, enum slot_state to)
{
	for (size_t i = 0; i < nitems(steps); i++)
		if (steps[i][0] == from && steps[i][1] == to)
			return true;
	return false;
}

static void
slots_counts_agree_with_their_lists_through_any_walk(void)
{
	struct slot *all[40] = { NULL };
	uint32_t n = 0;

	srandom(5);
	slots_init(&slots);
	for (unsigned i = 0; i < 5000; i++) {
		size_t at = (size_t)random() % nitems(all);
		enum slot_state to = random() % SLOT_NSTATES;
		struct slot *s = all[at];

		if (s == NULL) {
			all[at] = slot_new(
			    &slots, NULL, (uint16_t)(random() % LANGUAGES));
			n++;
		} else if (is_step(s->state, to)) {
			slot_set_state(&slots, s, to, "a test");
		} else if (s->state == SLOT_DOOMED) {
			slot_free(&slots, s);
			all[at] = NULL;
			n--;
		}
		check_lists(n);
	}
	free_all();
}

/* In a child of its own: the assertion ends it. */
static bool
step_is_refused(enum slot_state from, enum slot_state to)
{
	int status;
	pid_t pid = fork();

	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		struct slot *s;

		setrlimit(RLIMIT_CORE, &none);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(2);
		slots_init(&slots);
		s = slot_new(&slots, NULL, 0);
		s->state = from;
		slots.count[0][SLOT_CREATING]--;
		slots.count[0][from]++;
		TAILQ_REMOVE(&slots.in[0][SLOT_CREATING], s, link);
		TAILQ_INSERT_HEAD(&slots.in[0][from], s, link);
		slot_set_state(&slots, s, to, "a test");
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
slots_change_by_the_allowed_steps_only(void)
{
	for (unsigned from = 0; from < SLOT_NSTATES; from++)
		for (unsigned to = 0; to < SLOT_NSTATES; to++)
			CU_ASSERT_EQUAL(
			    step_is_refused(from, to), !is_step(from, to));
}

static void
slots_idle_are_last_in_first_out(void)
{
	struct slot *s[3];

	slots_init(&slots);
	for (size_t i = 0; i < 3; i++)
		s[i] = slot_new(&slots, NULL, 1);
	slot_set_state(&slots, s[1], SLOT_PAUSED, "a test");
	slot_set_state(&slots, s[0], SLOT_PAUSED, "a test");
	slot_set_state(&slots, s[2], SLOT_PAUSED, "a test");
	CU_ASSERT_PTR_EQUAL(TAILQ_FIRST(&slots.in[1][SLOT_PAUSED]), s[2]);
	slot_set_state(&slots, s[2], SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(TAILQ_FIRST(&slots.in[1][SLOT_PAUSED]), s[0]);
	/* One that comes back is the warmest again. */
	slot_set_state(&slots, s[2], SLOT_PAUSED, "a test");
	CU_ASSERT_PTR_EQUAL(TAILQ_FIRST(&slots.in[1][SLOT_PAUSED]), s[2]);
	CU_ASSERT_PTR_EQUAL(
	    TAILQ_LAST(&slots.in[1][SLOT_PAUSED], slot_list), s[1]);
	free_all();
}

static struct slot *
idle_slot(uint32_t uses)
{
	struct slot *s = slot_new(&slots, NULL, 1);

	s->uses = uses;
	slot_set_state(&slots, s, SLOT_PAUSED, "a test");
	return s;
}

static void
slots_idle_are_the_used_ones_first(void)
{
	struct slot *fresh_1, *fresh_2, *fresh_3, *used_1, *used_2;

	slots_init(&slots);
	CU_ASSERT_PTR_NULL(slots_idle(&slots, 1, false));
	CU_ASSERT_PTR_NULL(slots_idle(&slots, 1, true));
	CU_ASSERT_PTR_NULL(slots_idle_coldest(&slots, 1));
	fresh_1 = idle_slot(0);
	CU_ASSERT_PTR_NULL(slots_idle_coldest(&slots, 1));
	used_1 = idle_slot(3);
	fresh_2 = idle_slot(0);
	used_2 = idle_slot(1);
	fresh_3 = idle_slot(0);
	CU_ASSERT_PTR_NULL(slots_idle(&slots, 0, false));
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, false), used_2);
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, true), fresh_3);
	CU_ASSERT_PTR_EQUAL(slots_idle_coldest(&slots, 1), used_1);
	check_lists(5);
	slot_set_state(&slots, used_2, SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, false), used_1);
	slot_set_state(&slots, used_1, SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, false), fresh_3);
	slot_set_state(&slots, fresh_3, SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, true), fresh_2);
	slot_set_state(&slots, fresh_2, SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, true), fresh_1);
	/* One that comes back used goes before it. */
	fresh_2->uses = 1;
	slot_set_state(&slots, fresh_2, SLOT_PAUSED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, false), fresh_2);
	CU_ASSERT_PTR_EQUAL(slots_idle(&slots, 1, true), fresh_1);
	free_all();
}

static void
slots_are_found_by_name_and_by_lease(void)
{
	static char places[2];
	struct worker *anna = (struct worker *)(void *)&places[0];
	struct worker *bert = (struct worker *)(void *)&places[1];
	struct slot *s;

	slots_init(&slots);
	s = slot_new(&slots, NULL, 2);
	snprintf(s->name, sizeof s->name, "sce-x");
	CU_ASSERT_PTR_EQUAL(slots_find_name(&slots, "sce-x"), s);
	CU_ASSERT_PTR_NULL(slots_find_name(&slots, "sce"));
	CU_ASSERT_PTR_NULL(slots_find_name(&slots, ""));
	s->worker = anna;
	s->run = 7;
	CU_ASSERT_PTR_NULL(slots_find_lease(&slots, anna, 7));
	slot_set_state(&slots, s, SLOT_PAUSED, "a test");
	slot_set_state(&slots, s, SLOT_LEASED, "a test");
	CU_ASSERT_PTR_EQUAL(slots_find_lease(&slots, anna, 7), s);
	CU_ASSERT_PTR_NULL(slots_find_lease(&slots, bert, 7));
	CU_ASSERT_PTR_NULL(slots_find_lease(&slots, anna, 8));
	free_all();
}

static void
slots_have_numbers_that_do_not_come_again(void)
{
	struct slot *a, *b;
	uint32_t first;

	slots_init(&slots);
	a = slot_new(&slots, NULL, 0);
	first = a->number;
	slot_free(&slots, a);
	b = slot_new(&slots, NULL, 0);
	CU_ASSERT_NOT_EQUAL(b->number, first);
	free_all();
}

static void
slot_states_have_names(void)
{
	for (unsigned i = 0; i < SLOT_NSTATES; i++)
		CU_ASSERT_PTR_NOT_NULL(slot_state_name(i));
}

void
add_slots_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(slots_counts_agree_with_their_lists_through_any_walk),
		TEST_ROW(slots_change_by_the_allowed_steps_only),
		TEST_ROW(slots_idle_are_last_in_first_out),
		TEST_ROW(slots_idle_are_the_used_ones_first),
		TEST_ROW(slots_are_found_by_name_and_by_lease),
		TEST_ROW(slots_have_numbers_that_do_not_come_again),
		TEST_ROW(slot_states_have_names),
	};

	suite_add("slots", tests, nitems(tests));
}
