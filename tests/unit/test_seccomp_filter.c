/*
 * tests/unit/test_seccomp_filter.c -- the filters, seccomp/filter.c, as code.
 *
 * The test reads a filter's code as the kernel would, for every call and many
 * arguments, and compares the verdict with what the table says.  What the
 * kernel itself then does is tried in tests/unit/test_seccomp_tried.c.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "seccomp/filter.h"
#include "tests/unit/suites.h"

#if defined(__x86_64__)
#define OURS    AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
#else
#define OURS    AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
#endif

#define REFUSED(error) (SECCOMP_RET_ERRNO | (uint32_t)(error))
#define WRONG          0xBAD00000u /* of no filter */

static bool
jumps(const struct sock_filter *f, uint32_t acc)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return acc == f->k;
	case BPF_JGT:
		return acc > f->k;
	case BPF_JGE:
		return acc >= f->k;
	case BPF_JSET:
		return (acc & f->k) != 0;
	}
	CU_FAIL("a jump of no known kind");
	return false;
}

static unsigned steps; /* of the last verdict */

/* Of the kernel's code only what libseccomp makes. */
static uint32_t
verdict(const struct seccomp_filter *f, const struct seccomp_data *data)
{
	uint32_t acc = 0;

	steps = 0;
	for (size_t pc = 0; pc < f->n; pc++) {
		const struct sock_filter *step = &f->code[pc];

		steps++;
		switch (BPF_CLASS(step->code)) {
		case BPF_LD:
			CU_ASSERT_FATAL(
			    step->code == (BPF_LD | BPF_W | BPF_ABS) &&
			    step->k + sizeof acc <= sizeof *data);
			memcpy(&acc, (const char *)data + step->k, sizeof acc);
			break;
		case BPF_ALU:
			CU_ASSERT_FATAL(
			    step->code == (BPF_ALU | BPF_AND | BPF_K));
			acc &= step->k;
			break;
		case BPF_JMP:
			if (BPF_OP(step->code) == BPF_JA)
				pc += step->k;
			else
				pc += jumps(step, acc) ? step->jt : step->jf;
			break;
		case BPF_RET:
			return step->k;
		default:
			return WRONG;
		}
	}
	return WRONG;
}

/* ---- what the table says ---------------------------------------------- */

static bool
holds(const struct seccomp_test *t, const struct seccomp_data *data)
{
	uint64_t value = data->args[t->argument];

	switch (t->op) {
	case SECCOMP_EQ:
		return value == t->a;
	case SECCOMP_LT:
		return value < t->a;
	case SECCOMP_MASKED_EQ:
		return (value & t->a) == t->b;
	}
	return false;
}

static bool
fits(const struct seccomp_rule *r, const struct seccomp_data *data)
{
	for (size_t i = 0; i < r->ntests; i++)
		if (!holds(&r->tests[i], data))
			return false;
	return true;
}

static int numbers[512];

static void
resolve_names(void)
{
	CU_ASSERT_FATAL(nseccomp_rules <= nitems(numbers));
	for (size_t i = 0; i < nseccomp_rules; i++) {
		numbers[i] = seccomp_syscall_resolve_name(
		    seccomp_rules[i].name);
		if (numbers[i] == __NR_SCMP_ERROR)
			numbers[i] = seccomp_rules[i].number;
	}
}

static uint32_t
expected(enum seccomp_role role, const struct seccomp_data *data)
{
	if (data->nr > SECCOMP_NEWEST || data->nr < 0)
		return REFUSED(ENOSYS);
	for (size_t i = 0; i < nseccomp_rules; i++) {
		const struct seccomp_rule *r = &seccomp_rules[i];

		if (numbers[i] == data->nr && seccomp_rule_is_for(r, role) &&
		    fits(r, data))
			return r->refused ? REFUSED(r->error) :
					    SECCOMP_RET_ALLOW;
	}
	return REFUSED(EPERM);
}

/* ---- comparing -------------------------------------------------------- */

static void
compare(const struct seccomp_filter *f, enum seccomp_role role,
    const struct seccomp_data *data)
{
	uint32_t want = expected(role, data), got = verdict(f, data);

	if (want != got)
		fprintf(stderr,
		    "%s: call %d (%llx, %llx, %llx): %x, expected %x\n",
		    seccomp_role_name(role), data->nr,
		    (unsigned long long)data->args[0],
		    (unsigned long long)data->args[1],
		    (unsigned long long)data->args[2], got, want);
	CU_ASSERT_EQUAL(want, got);
}

/* Values beside those of the tests, also where only the upper half differs. */
static size_t
values_near(const struct seccomp_test *t, uint64_t *values)
{
	const uint64_t near[] = { t->a, t->a - 1, t->a + 1, t->b, t->b ^ 1,
		t->b | (t->a + 1), t->b ^ (t->a & -t->a), ~t->a | t->b,
		t->a | 1ull << 32, t->b | 1ull << 32, t->b | 1ull << 63,
		UINT32_MAX, UINT64_MAX, 0 };

	memcpy(values, near, sizeof near);
	return nitems(near);
}

static void
compare_near(const struct seccomp_filter *f, enum seccomp_role role, int nr,
    const struct seccomp_rule *r)
{
	struct seccomp_data data = { .nr = nr, .arch = OURS };
	uint64_t values[16];

	/* All tests but one hold, and that one now and then. */
	for (size_t odd = 0; odd < r->ntests; odd++) {
		size_t n = values_near(&r->tests[odd], values);

		for (size_t i = 0; i < r->ntests; i++) {
			const struct seccomp_test *t = &r->tests[i];

			data.args[t->argument] = t->op == SECCOMP_EQ ? t->a :
			    t->op == SECCOMP_LT ? t->a - 1 :
						  t->b;
		}
		for (size_t i = 0; i < n; i++) {
			data.args[r->tests[odd].argument] = values[i];
			compare(f, role, &data);
		}
	}
}

/* Small numbers are what most arguments are. */
static void
compare_small(const struct seccomp_filter *f, enum seccomp_role role, int nr)
{
	struct seccomp_data data = { .nr = nr, .arch = OURS };

	for (uint64_t a = 0; a < 70; a++)
		for (uint64_t b = 0; b < 45; b++) {
			data.args[0] = data.args[1] = a;
			data.args[2] = b;
			compare(f, role, &data);
			data.args[0] = b;
			data.args[2] = a;
			compare(f, role, &data);
		}
}

static void
compare_role(enum seccomp_role role)
{
	struct seccomp_filter f = { 0 };
	struct err e = { 0 };

	if (seccomp_filter_make(role, &f, &e) < 0)
		fprintf(stderr, "%s: %s\n", seccomp_role_name(role), e.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.code);
	for (int nr = 0; nr < SECCOMP_NEWEST + 200; nr++) {
		struct seccomp_data data = { .nr = nr, .arch = OURS };

		compare(&f, role, &data);
		memset(data.args, 0xFF, sizeof data.args);
		compare(&f, role, &data);
	}
	for (size_t i = 0; i < nseccomp_rules; i++) {
		const struct seccomp_rule *r = &seccomp_rules[i];

		if (r->ntests == 0 || numbers[i] < 0)
			continue;
		compare_near(&f, role, numbers[i], r);
		if (i == 0 || numbers[i] != numbers[i - 1])
			compare_small(&f, role, numbers[i]);
	}
	seccomp_filter_free(&f);
	CU_ASSERT_PTR_NULL(f.code);
}

static void
filter_says_what_the_table_says(void)
{
	resolve_names();
	for (enum seccomp_role role = 0; role < SECCOMP_NROLES; role++)
		compare_role(role);
}

/* Whatever its number, for it means another call there. */
static void
filter_refuses_foreign_calls(void)
{
	for (enum seccomp_role role = 0; role < SECCOMP_NROLES; role++) {
		struct seccomp_filter f = { 0 };
		struct err e;

		CU_ASSERT_EQUAL_FATAL(seccomp_filter_make(role, &f, &e), 0);
		for (int nr = -2; nr < 1000; nr++) {
			struct seccomp_data data = {
				.nr = nr,
				.arch = FOREIGN,
			};

			CU_ASSERT_EQUAL(verdict(&f, &data), REFUSED(ENOSYS));
			/* x32: the same architecture, and this bit. */
			data.arch = OURS;
			data.nr = nr | 0x40000000;
			CU_ASSERT_EQUAL(verdict(&f, &data), REFUSED(ENOSYS));
		}
		seccomp_filter_free(&f);
	}
}

/* A tree, not a list of some 300 calls. */
static void
filter_takes_few_steps(void)
{
	resolve_names();
	for (enum seccomp_role role = 0; role < SECCOMP_NROLES; role++) {
		struct seccomp_filter f = { 0 };
		struct err e;

		CU_ASSERT_EQUAL_FATAL(seccomp_filter_make(role, &f, &e), 0);
		for (size_t i = 0; i < nseccomp_rules; i++) {
			const struct seccomp_rule *r = &seccomp_rules[i];
			struct seccomp_data data = {
				.nr = numbers[i],
				.arch = OURS,
			};

			if (r->ntests > 0 || !seccomp_rule_is_for(r, role))
				continue;
			verdict(&f, &data);
			CU_ASSERT(steps < 40);
		}
		seccomp_filter_free(&f);
	}
}

void
add_seccomp_filter_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(filter_says_what_the_table_says),
		TEST_ROW(filter_refuses_foreign_calls),
		TEST_ROW(filter_takes_few_steps),
	};

	suite_add("seccomp_filter", tests, nitems(tests));
}
