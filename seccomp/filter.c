#define _GNU_SOURCE
#include "seccomp/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/auto.h"

/* libseccomp's binary tree: some 10 steps for a call, and not 300. */
#define OPTIMIZE_TREE 2

static void
auto_context_do(scmp_filter_ctx *ctx)
{
	if (*ctx != NULL)
		seccomp_release(*ctx);
}

#define auto_context __attribute__((cleanup(auto_context_do)))

static struct scmp_arg_cmp
compare(const struct seccomp_test *t)
{
	static const enum scmp_compare ops[] = {
		[SECCOMP_EQ] = SCMP_CMP_EQ,
		[SECCOMP_LT] = SCMP_CMP_LT,
		[SECCOMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){
		.arg = t->argument,
		.op = ops[t->op],
		.datum_a = t->a,
		.datum_b = t->b,
	};
}

/* A negative number other than this one is another architecture's call. */
static int
number_of(const struct seccomp_rule *r)
{
	int number = seccomp_syscall_resolve_name(r->name);

	return number == __NR_SCMP_ERROR ? r->number : number;
}

static int
add_rule(scmp_filter_ctx ctx, const struct seccomp_rule *r, struct err *e)
{
	struct scmp_arg_cmp tests[SECCOMP_TESTS_MAX];
	int number = number_of(r);
	int code;

	if (number == __NR_SCMP_ERROR)
		return err_set(
		    e, ERR_INVALID, "there is no call '%s'", r->name);
	if (number < 0)
		return 0;
	for (size_t i = 0; i < r->ntests; i++)
		tests[i] = compare(&r->tests[i]);
	code = seccomp_rule_add_array(ctx,
	    r->refused ? SCMP_ACT_ERRNO(r->error) : SCMP_ACT_ALLOW, number,
	    (unsigned)r->ntests, tests);
	if (code < 0)
		return err_set(e, ERR_SYSTEM, "filter row %s: %s", r->name,
		    strerror(-code));
	return 0;
}

static int
add_rules(scmp_filter_ctx ctx, enum seccomp_role role, struct err *e)
{
	for (size_t i = 0; i < nseccomp_rules; i++)
		if (seccomp_rule_is_for(&seccomp_rules[i], role) &&
		    add_rule(ctx, &seccomp_rules[i], e) < 0)
			return -1;
	return 0;
}

static int
set_attribute(
    scmp_filter_ctx ctx, enum scmp_filter_attr attr, uint32_t v, struct err *e)
{
	int code = seccomp_attr_set(ctx, attr, v);

	if (code < 0)
		return err_set(e, ERR_SYSTEM, "filter attribute %d: %s",
		    (int)attr, strerror(-code));
	return 0;
}

/*
 * In front of what libseccomp makes: newer calls than the table knows do not
 * exist, whatever the architecture.  All numbers of x32 are above it too.
 */
static const struct sock_filter newer[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, SECCOMP_NEWEST, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
};

/* The only way out of libseccomp 2.5 is a file. */
static int
take_code(int fd, struct seccomp_filter *ret_filter, struct err *e)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct seccomp_filter f;
	size_t n;

	if (size <= 0 || size % (off_t)sizeof *f.code != 0)
		return err_set(e, ERR_SYSTEM, "a filter of no whole size");
	n = (size_t)size / sizeof *f.code + nitems(newer);
	if (n > BPF_MAXINSNS)
		return err_set(e, ERR_TOO_LARGE, "a filter of %zu steps", n);
	f.n = (unsigned short)n;
	f.code = malloc(n * sizeof *f.code);
	if (f.code == NULL)
		return err_errno(e, "filter");
	memcpy(f.code, newer, sizeof newer);
	if (pread(fd, f.code + nitems(newer), (size_t)size, 0) != size) {
		free(f.code);
		return err_set(e, ERR_SYSTEM, "a filter was cut short");
	}
	*ret_filter = f;
	return 0;
}

static int export(
    scmp_filter_ctx ctx, struct seccomp_filter *ret_filter, struct err *e)
{
	auto_close int fd = memfd_create("seccomp", MFD_CLOEXEC);
	int code;

	if (fd < 0)
		return err_errno(e, "file for a filter");
	code = seccomp_export_bpf(ctx, fd);
	if (code < 0)
		return err_set(
		    e, ERR_SYSTEM, "filter export: %s", strerror(-code));
	return take_code(fd, ret_filter, e);
}

int
seccomp_filter_make(
    enum seccomp_role role, struct seccomp_filter *ret_filter, struct err *e)
{
	auto_context scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (ctx == NULL)
		return err_set(e, ERR_MEMORY, "no filter could be begun");
	if (set_attribute(
		ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS), e) < 0 ||
	    set_attribute(ctx, SCMP_FLTATR_CTL_OPTIMIZE, OPTIMIZE_TREE, e) <
		0 ||
	    add_rules(ctx, role, e) < 0)
		return -1;
	return export(ctx, ret_filter, e);
}

int
seccomp_filter_load(const struct seccomp_filter *f)
{
	struct sock_fprog program = { .len = f->n, .filter = f->code };
	long thread;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	thread = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_TSYNC, &program);
	/* A thread that could not follow, by its number. */
	if (thread > 0)
		errno = EBUSY;
	return thread == 0 ? 0 : -1;
}

void
seccomp_filter_free(struct seccomp_filter *f)
{
	free(f->code);
	*f = (struct seccomp_filter){ 0 };
}
