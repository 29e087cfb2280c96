/*
 * tests/unit/test_owner.c -- whose container it is, pool/owner.c.
 */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/auto.h"
#include "pool/owner.h"
#include "tests/unit/suites.h"

static const struct owner someone = {
	.boot = "0123-4567",
	.pid_namespace = 4026531836,
	.pid = 1234,
	.start = 98765,
};

static void
owner_is_the_same_after_its_label(void)
{
	struct owner back;
	char label[128];

	owner_print(&someone, label, sizeof label);
	CU_ASSERT_STRING_EQUAL(label, "0123-4567/4026531836/1234/98765");
	CU_ASSERT_TRUE(owner_parse(label, &back));
	CU_ASSERT_TRUE(owner_is_same(&someone, &back));
}

static void
owner_parse_refuses_what_is_no_label(void)
{
	static const char *const wrong[] = { "", "/", "a", "a/1", "a/1/2",
		"a/1/2/", "a/1/2/x", "/1/2/3", "a/x/2/3", "a/1/x/3", "a/1/0/3",
		"a/1/-5/3", "a/1/2/3 ", "a/1/2/3/4", "a/1/2/3x",
		"a-boot-id-that-is-longer-than-forty-bytes/1/2/3" };

	for (size_t i = 0; i < nitems(wrong); i++) {
		struct owner o = { .pid = 77 };

		CU_ASSERT_FALSE(owner_parse(wrong[i], &o));
		CU_ASSERT_EQUAL(o.pid, 77);
	}
}

static void
owner_differs_by_each_part(void)
{
	struct owner other = someone;

	CU_ASSERT_TRUE(owner_is_same(&someone, &other));
	other.boot[0]++;
	CU_ASSERT_FALSE(owner_is_same(&someone, &other));
	other = someone;
	other.pid_namespace++;
	CU_ASSERT_FALSE(owner_is_same(&someone, &other));
	other = someone;
	other.pid++;
	CU_ASSERT_FALSE(owner_is_same(&someone, &other));
	other = someone;
	other.start++;
	CU_ASSERT_FALSE(owner_is_same(&someone, &other));
}

static void
owner_is_dead_only_when_that_is_certain(void)
{
	struct owner self = someone, of = someone;

	self.pid = 99;
	/* Its process lives; is gone; another has its number now. */
	CU_ASSERT_FALSE(owner_is_dead(&of, &self, of.start));
	CU_ASSERT_TRUE(owner_is_dead(&of, &self, 0));
	CU_ASSERT_TRUE(owner_is_dead(&of, &self, of.start + 1));
	/* In another pid namespace nothing is known of it. */
	of.pid_namespace++;
	CU_ASSERT_FALSE(owner_is_dead(&of, &self, 0));
	/* But the machine was booted since: nothing of then lives. */
	of.boot[0]++;
	CU_ASSERT_TRUE(owner_is_dead(&of, &self, of.start));
}

static void
owner_process_start_tells_the_living_from_the_dead(void)
{
	CU_ASSERT(owner_process_start((int)getpid()) > 0);
	CU_ASSERT_EQUAL(owner_process_start((int)getpid()),
	    owner_process_start((int)getpid()));
	CU_ASSERT_EQUAL(owner_process_start(0x7ffffff0), 0);
	CU_ASSERT_EQUAL(owner_process_start(-1), 0);
}

static void
owner_self_is_the_parent(void)
{
	struct owner self;
	struct err e;

	CU_ASSERT_FATAL(owner_self(&self, &e) == 0);
	CU_ASSERT_EQUAL(self.pid, getppid());
	CU_ASSERT(self.pid_namespace > 0);
	CU_ASSERT(strlen(self.boot) == 36);
	CU_ASSERT_FALSE(
	    owner_is_dead(&self, &self, owner_process_start(self.pid)));
}

void
add_owner_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(owner_is_the_same_after_its_label),
		TEST_ROW(owner_parse_refuses_what_is_no_label),
		TEST_ROW(owner_differs_by_each_part),
		TEST_ROW(owner_is_dead_only_when_that_is_certain),
		TEST_ROW(owner_process_start_tells_the_living_from_the_dead),
		TEST_ROW(owner_self_is_the_parent),
	};

	suite_add("owner", tests, nitems(tests));
}
