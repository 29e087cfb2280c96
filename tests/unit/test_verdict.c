/*
 * tests/unit/test_verdict.c -- from facts to a status, worker/verdict.c.
 */
#include <signal.h>
#include <string.h>

#include "common/auto.h"
#include "tests/unit/suites.h"
#include "worker/verdict.h"

static const struct facts exited_0 = {
	.exited = true,
	.exit = {
		.how = EXIT_EXITED,
		.value = 0,
		.wall_us = 1000,
		.cpu_us = 2000,
		.memory_kb = 3000,
	},
	.wall_us = 99,
	.cpu_us = 98,
	.limits = {
		.wall_ms = 10000,
		.cpu_ms = 10000,
		.memory_mb = 256,
		.processes = 64,
		.output_kb = 1024,
	},
};

static struct facts
exited(uint32_t code)
{
	struct facts f = exited_0;

	f.exit.value = code;
	return f;
}

static struct facts
signalled(uint32_t signal)
{
	struct facts f = exited_0;

	f.exit.how = EXIT_SIGNALLED;
	f.exit.value = signal;
	return f;
}

static struct run_result
decide(const struct facts *f)
{
	struct run_result r = { 0 };

	verdict_decide(f, &r);
	return r;
}

static void
verdict_of_an_exit_code_is_ok_or_error(void)
{
	struct facts f = exited(0);
	struct run_result r = decide(&f);

	CU_ASSERT_EQUAL(r.status, RUN_OK);
	CU_ASSERT_TRUE(r.has_exit_code);
	CU_ASSERT_EQUAL(r.exit_code, 0);
	CU_ASSERT_EQUAL(r.signal, 0);
	CU_ASSERT_STRING_EQUAL(r.detail, "");
	f = exited(3);
	r = decide(&f);
	CU_ASSERT_EQUAL(r.status, RUN_ERROR);
	CU_ASSERT_EQUAL(r.exit_code, 3);
	CU_ASSERT_STRING_EQUAL(r.detail, "ended with exit code 3");
}

/* 137 is what a shell makes of SIGKILL, 124 what timeout(1) says. */
static void
verdict_guesses_nothing_from_an_exit_code(void)
{
	for (uint32_t code = 1; code < 256; code++) {
		struct facts f = exited(code);
		struct run_result r = decide(&f);

		CU_ASSERT_EQUAL(r.status, RUN_ERROR);
		CU_ASSERT_EQUAL(r.exit_code, code);
		CU_ASSERT_EQUAL(r.signal, 0);
	}
}

static void
verdict_of_a_signal_names_it(void)
{
	struct facts f = signalled(SIGSEGV);
	struct run_result r = decide(&f);

	CU_ASSERT_EQUAL(r.status, RUN_SIGNAL);
	CU_ASSERT_FALSE(r.has_exit_code);
	CU_ASSERT_EQUAL(r.signal, SIGSEGV);
	CU_ASSERT_STRING_EQUAL(r.detail, "ended by SIGSEGV");
	/* Killed by itself, with CPU time left: no limit of ours. */
	f = signalled(SIGKILL);
	CU_ASSERT_EQUAL(decide(&f).status, RUN_SIGNAL);
}

static void
verdict_of_our_clocks_is_a_timeout(void)
{
	struct facts f = signalled(SIGKILL);

	f.exit.cause = EXIT_KILLED;
	f.cause = CAUSE_WALL;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_TIMEOUT);
	CU_ASSERT_PTR_NOT_NULL(strstr(decide(&f).detail, "10 s"));
	f.cause = CAUSE_CPU;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_CPU_TIMEOUT);
	CU_ASSERT_PTR_NOT_NULL(strstr(decide(&f).detail, "CPU"));
}

static void
verdict_of_the_kernels_cpu_clock_is_a_timeout(void)
{
	struct facts f = signalled(SIGXCPU);

	f.exit.cpu_us = 10000000;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_CPU_TIMEOUT);
	f = signalled(SIGKILL); /* the hard limit */
	f.exit.cpu_us = 10000000;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_CPU_TIMEOUT);
	/* It sent itself the signal. */
	f = signalled(SIGXCPU);
	f.exit.cpu_us = 9999999;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_SIGNAL);
	/* It used all, and then ended as it wished. */
	f = exited(0);
	f.exit.cpu_us = 10000000;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OK);
}

static void
verdict_of_the_kernels_counter_is_out_of_memory(void)
{
	struct facts f = signalled(SIGKILL);

	f.oom_killed = true;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUT_OF_MEMORY);
	CU_ASSERT_PTR_NOT_NULL(strstr(decide(&f).detail, "256 MB"));
	f = exited(1);
	f.oom_killed = true;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUT_OF_MEMORY);
}

static void
verdict_of_too_much_output_is_a_limit(void)
{
	struct facts f = signalled(SIGKILL);

	f.exit.cause = EXIT_OUTPUT_LIMIT;
	f.exit.cut = FRAME_CUT_STDOUT;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUTPUT_LIMIT);
	CU_ASSERT_EQUAL(decide(&f).cut, FRAME_CUT_STDOUT);
	f = exited(0);
	f.cause = CAUSE_OUTPUT;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUTPUT_LIMIT);
}

/* Whatever else is true as well, what is named first decides. */
static void
verdict_of_several_causes_is_the_first(void)
{
	struct facts f = signalled(SIGXCPU);

	f.exit.cpu_us = 20000000;
	f.exit.cause = EXIT_OUTPUT_LIMIT;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUTPUT_LIMIT);
	f.oom_killed = true;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUT_OF_MEMORY);
	f.cause = CAUSE_OUTPUT;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUT_OF_MEMORY);
	f.cause = CAUSE_CPU;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_CPU_TIMEOUT);
	f.cause = CAUSE_WALL;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_TIMEOUT);
}

/* Ended in time by itself, while our KILL was on its way. */
static void
verdict_believes_an_end_before_our_kill(void)
{
	struct facts f = exited(7);
	struct run_result r;

	f.cause = CAUSE_WALL;
	r = decide(&f);
	CU_ASSERT_EQUAL(r.status, RUN_ERROR);
	CU_ASSERT_TRUE(r.has_exit_code);
	CU_ASSERT_EQUAL(r.exit_code, 7);
	f.exit.cause = EXIT_KILLED;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_TIMEOUT);
}

static void
verdict_without_exit_uses_what_the_worker_knows(void)
{
	struct facts f = exited_0;
	struct run_result r;

	f.exited = false;
	f.runner_killed = true;
	r = decide(&f);
	CU_ASSERT_EQUAL(r.status, RUN_SIGNAL);
	CU_ASSERT_EQUAL(r.signal, SIGKILL);
	CU_ASSERT_FALSE(r.has_exit_code);
	CU_ASSERT_EQUAL(r.wall_us, 99);
	CU_ASSERT_EQUAL(r.cpu_us, 98);
	CU_ASSERT_EQUAL(r.memory_kb, 0);
	CU_ASSERT_EQUAL(r.cut, 0);
	CU_ASSERT_STRING_EQUAL(r.detail, "killed the process that ran it");
	f.cause = CAUSE_WALL;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_TIMEOUT);
	f.cause = CAUSE_NONE;
	f.oom_killed = true;
	CU_ASSERT_EQUAL(decide(&f).status, RUN_OUT_OF_MEMORY);
}

static void
verdict_takes_the_use_from_exit(void)
{
	struct run_result r = decide(&exited_0);

	CU_ASSERT_EQUAL(r.wall_us, 1000);
	CU_ASSERT_EQUAL(r.cpu_us, 2000);
	CU_ASSERT_EQUAL(r.memory_kb, 3000);
}

/* ---- the container ---------------------------------------------------- */

/* Everything that could be well is well. */
static struct facts
faultless(void)
{
	struct facts f = exited_0;

	f.reuse = f.walled = f.reachable = true;
	return f;
}

static void
verdict_of_lease_follows_the_status(void)
{
	static const enum lease_verdict wanted[RUN_NSTATUSES] = {
		[RUN_OK] = VERDICT_CLEAN,
		[RUN_ERROR] = VERDICT_CLEAN,
		[RUN_SIGNAL] = VERDICT_CLEAN,
		[RUN_TIMEOUT] = VERDICT_TIMEOUT,
		[RUN_CPU_TIMEOUT] = VERDICT_CPU_TIMEOUT,
		[RUN_OUT_OF_MEMORY] = VERDICT_OUT_OF_MEMORY,
		[RUN_OUTPUT_LIMIT] = VERDICT_OUTPUT_LIMIT,
		[RUN_CANCELLED] = VERDICT_CANCELLED,
	};
	struct facts f = faultless(), silent = faultless();
	struct facts killed = faultless(), lost = faultless();

	silent.exited = false;
	killed.exited = false;
	killed.runner_killed = true;
	lost.exit.cause = EXIT_LOST;
	for (unsigned s = 0; s < RUN_NSTATUSES; s++) {
		CU_ASSERT_EQUAL(verdict_of_lease(&f, s), wanted[s]);
		CU_ASSERT_EQUAL(verdict_of_lease(&silent, s), VERDICT_BROKEN);
		CU_ASSERT_EQUAL(verdict_of_lease(&killed, s), VERDICT_LOST);
		CU_ASSERT_EQUAL(verdict_of_lease(&lost, s), VERDICT_LOST);
	}
}

/* One thing that is not well, and its name. */
static const struct flaw {
	enum cause cause;
	bool stream_lost, unsent, no_reuse, no_wall, unreachable;
	enum lease_verdict verdict;
} flaws[] = {
	{ .verdict = VERDICT_CLEAN },
	{ .cause = CAUSE_WALL, .verdict = VERDICT_TIMEOUT },
	{ .cause = CAUSE_CPU, .verdict = VERDICT_CPU_TIMEOUT },
	{ .cause = CAUSE_OUTPUT, .verdict = VERDICT_OUTPUT_LIMIT },
	{ .stream_lost = true, .verdict = VERDICT_BROKEN },
	{ .unsent = true, .verdict = VERDICT_BROKEN },
	{ .no_reuse = true, .verdict = VERDICT_REUSE_OFF },
	{ .no_wall = true, .verdict = VERDICT_NO_WALL },
	{ .unreachable = true, .verdict = VERDICT_NOT_FROZEN },
	/* Of several the first. */
	{ .no_reuse = true, .no_wall = true, .verdict = VERDICT_REUSE_OFF },
	{ .no_wall = true, .unreachable = true, .verdict = VERDICT_NO_WALL },
	{ .unsent = true, .no_reuse = true, .verdict = VERDICT_BROKEN },
	{ .cause = CAUSE_WALL, .unsent = true, .verdict = VERDICT_TIMEOUT },
};

static struct facts
with_flaw(const struct flaw *flaw)
{
	struct facts f = faultless();

	f.cause = flaw->cause;
	f.stream_lost = flaw->stream_lost;
	f.unsent = flaw->unsent;
	f.reuse = !flaw->no_reuse;
	f.walled = !flaw->no_wall;
	f.reachable = !flaw->unreachable;
	return f;
}

static void
verdict_of_lease_names_every_flaw(void)
{
	for (size_t i = 0; i < nitems(flaws); i++) {
		struct facts f = with_flaw(&flaws[i]);

		CU_ASSERT_EQUAL(verdict_of_lease(&f, RUN_OK), flaws[i].verdict);
		CU_ASSERT_EQUAL(
		    verdict_of_lease(&f, RUN_SIGNAL), flaws[i].verdict);
	}
}

static void
verdict_of_lease_does_not_believe_a_kill_that_nobody_asked_for(void)
{
	struct facts f = faultless();

	for (unsigned cause = 0; cause < EXIT_NCAUSES; cause++) {
		if (cause == EXIT_LOST)
			continue;
		f.exit.cause = cause;
		CU_ASSERT_EQUAL(verdict_of_lease(&f, RUN_SIGNAL),
		    cause == EXIT_BY_ITSELF ? VERDICT_CLEAN : VERDICT_BROKEN);
	}
}

static void
verdict_of_refusal_spares_who_brought_too_much(void)
{
	static const enum lease_verdict wanted[REFUSED_NREASONS] = {
		[REFUSED_BUSY] = VERDICT_REFUSED,
		[REFUSED_ENGINE] = VERDICT_REFUSED,
		[REFUSED_CONTAINER_LOST] = VERDICT_BROKEN,
		[REFUSED_TOO_LARGE] = VERDICT_CLEAN,
		[REFUSED_RUNNER] = VERDICT_REFUSED,
		[REFUSED_DRAINING] = VERDICT_STOPPING,
		[REFUSED_INTERNAL] = VERDICT_REFUSED,
	};
	struct facts f = faultless();

	f.exited = false;
	for (unsigned r = 0; r < REFUSED_NREASONS; r++)
		CU_ASSERT_EQUAL(verdict_of_refusal(&f, r), wanted[r]);
	for (size_t i = 0; i < nitems(flaws); i++) {
		f = with_flaw(&flaws[i]);
		f.exited = false;
		CU_ASSERT_EQUAL(verdict_of_refusal(&f, REFUSED_TOO_LARGE),
		    flaws[i].verdict);
	}
}

void
add_verdict_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(verdict_of_an_exit_code_is_ok_or_error),
		TEST_ROW(verdict_guesses_nothing_from_an_exit_code),
		TEST_ROW(verdict_of_a_signal_names_it),
		TEST_ROW(verdict_of_our_clocks_is_a_timeout),
		TEST_ROW(verdict_of_the_kernels_cpu_clock_is_a_timeout),
		TEST_ROW(verdict_of_the_kernels_counter_is_out_of_memory),
		TEST_ROW(verdict_of_too_much_output_is_a_limit),
		TEST_ROW(verdict_of_several_causes_is_the_first),
		TEST_ROW(verdict_believes_an_end_before_our_kill),
		TEST_ROW(verdict_without_exit_uses_what_the_worker_knows),
		TEST_ROW(verdict_takes_the_use_from_exit),
		TEST_ROW(verdict_of_lease_follows_the_status),
		TEST_ROW(verdict_of_lease_names_every_flaw),
		TEST_ROW(
		    verdict_of_lease_does_not_believe_a_kill_that_nobody_asked_for),
		TEST_ROW(verdict_of_refusal_spares_who_brought_too_much),
	};

	suite_add("verdict", tests, nitems(tests));
}
