/*
 * tests/unit/test_seccomp_profile.c -- the containers' seccomp profile,
 * seccomp/profile.c.
 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/auto.h"
#include "seccomp/profile.h"
#include "tests/unit/suites.h"

/* What nobody in a container may ever call, the runner neither. */
static const char *const forbidden[] = { "ptrace", "process_vm_readv",
	"process_vm_writev", "umount", "setns", "bpf", "perf_event_open",
	"userfaultfd", "keyctl", "add_key", "request_key", "kexec_load",
	"kexec_file_load", "init_module", "finit_module", "delete_module",
	"name_to_handle_at", "open_by_handle_at", "quotactl", "reboot",
	"swapon", "swapoff", "acct", "chroot", "settimeofday", "clock_settime",
	"clock_adjtime", "adjtimex", "syslog", "iopl", "ioperm", "kcmp",
	"move_pages", "mbind", "set_mempolicy", "lookup_dcookie", "vhangup",
	"uselib", "nfsservctl", "fanotify_init", "pidfd_getfd",
	"process_madvise", "memfd_secret", "setdomainname", "fsopen",
	"fsconfig", "fspick", "fsmount", "move_mount", "open_tree",
	"mount_setattr" };

static json_t *
load_profile(void)
{
	auto_free char *text = seccomp_container_profile();
	json_t *profile;

	CU_ASSERT_FATAL(text != NULL);
	profile = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	CU_ASSERT_FATAL(profile != NULL);
	return profile;
}

static const char *
name_of(const json_t *rule)
{
	const json_t *names = json_object_get(rule, "names");

	CU_ASSERT_EQUAL_FATAL(json_array_size(names), 1);
	return json_string_value(json_array_get(names, 0));
}

static bool
has_name(const json_t *rules, const char *name, size_t from)
{
	for (size_t i = from; i < json_array_size(rules); i++)
		if (strcmp(name_of(json_array_get(rules, i)), name) == 0)
			return true;
	return false;
}

static const char *
action_of(const json_t *rule)
{
	return json_string_value(json_object_get(rule, "action"));
}

static void
profile_refuses_what_it_does_not_name(void)
{
	json_t *profile = load_profile();

	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(profile, "defaultAction")),
	    "SCMP_ACT_ERRNO");
	/* One architecture: 32-bit calls are refused whole. */
	CU_ASSERT_EQUAL(
	    json_array_size(json_object_get(profile, "architectures")), 1);
	CU_ASSERT_PTR_NULL(json_object_get(profile, "archMap"));
	json_decref(profile);
}

static void
profile_allows_nothing_that_is_forbidden(void)
{
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls");

	for (size_t i = 0; i < nitems(forbidden); i++) {
		if (has_name(rules, forbidden[i], 0))
			fprintf(stderr, "%s is allowed\n", forbidden[i]);
		CU_ASSERT_FALSE(has_name(rules, forbidden[i], 0));
	}
	json_decref(profile);
}

/* Twice only with a test of an argument in each: else one row hides another. */
static void
profile_names_each_call_once(void)
{
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls"), *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		bool tested = json_object_get(rule, "args") != NULL;
		const char *name = name_of(rule);
		size_t n = 0;

		for (size_t k = 0; k < json_array_size(rules); k++)
			n += strcmp(name_of(json_array_get(rules, k)), name) ==
			    0;
		if (n != 1 && !tested)
			fprintf(stderr, "%s has %zu rows\n", name, n);
		CU_ASSERT(n == 1 || tested);
	}
	json_decref(profile);
}

static void
profile_has_a_reason_in_every_row(void)
{
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls"), *rule;
	size_t i;

	CU_ASSERT(json_array_size(rules) > 100);
	json_array_foreach(rules, i, rule) {
		const char *why = json_string_value(
		    json_object_get(rule, "comment"));

		CU_ASSERT(why != NULL && strlen(why) >= 4);
	}
	json_decref(profile);
}

/* All that is not allowed is refused as missing, or pretended. */
static void
profile_answers_clone3_as_an_old_kernel_would(void)
{
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls"), *rule;
	unsigned found = 0;
	size_t i;

	json_array_foreach(rules, i, rule) {
		bool refused = strcmp(action_of(rule), "SCMP_ACT_ERRNO") == 0;
		bool pretended = strncmp(name_of(rule), "sync", 4) == 0;

		CU_ASSERT(
		    refused || strcmp(action_of(rule), "SCMP_ACT_ALLOW") == 0);
		if (!refused)
			continue;
		CU_ASSERT_EQUAL(
		    json_integer_value(json_object_get(rule, "errnoRet")),
		    pretended ? 0 : ENOSYS);
		found += strcmp(name_of(rule), "clone3") == 0 ||
		    strncmp(name_of(rule), "io_uring", 8) == 0;
	}
	CU_ASSERT_EQUAL(found, 4);
	json_decref(profile);
}

static const json_t *
find_test(const json_t *rules, const char *name, size_t index, json_int_t value)
{
	const json_t *rule, *test;
	size_t i, k;

	json_array_foreach(rules, i, rule) {
		if (strcmp(name_of(rule), name) != 0)
			continue;
		json_array_foreach(json_object_get(rule, "args"), k, test)
			if (json_integer_value(json_object_get(
				test, "index")) == (json_int_t)index &&
			    json_integer_value(
				json_object_get(test, "value")) == value)
				return test;
	}
	return NULL;
}

static void
profile_has_the_tests_of_the_table(void)
{
	static const struct {
		const char *name;
		size_t index;
		json_int_t value, value_two;
		const char *op;
	} rows[] = {
		{ "socket", 0, AF_UNIX, 0, "SCMP_CMP_EQ" },
		{ "socket", 0, AF_INET, 0, "SCMP_CMP_EQ" },
		{ "socket", 1, 0xC, 0, "SCMP_CMP_MASKED_EQ" },
		{ "socketpair", 0, AF_UNIX, 0, "SCMP_CMP_EQ" },
		{ "setsockopt", 2, 26, 0, "SCMP_CMP_LT" },
		{ "ioctl", 1, 0xFFFFFFFF, 0x5401, "SCMP_CMP_MASKED_EQ" },
	};
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls");

	for (size_t i = 0; i < nitems(rows); i++) {
		const json_t *t = find_test(
		    rules, rows[i].name, rows[i].index, rows[i].value);

		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_EQUAL(
		    json_integer_value(json_object_get(t, "valueTwo")),
		    rows[i].value_two);
		CU_ASSERT_STRING_EQUAL(
		    json_string_value(json_object_get(t, "op")), rows[i].op);
	}
	json_decref(profile);
}

/* What the runner's stage needs, and no program has. */
static void
profile_has_the_rows_of_the_runner(void)
{
	static const char *const needed[] = { "mount", "umount2", "pivot_root",
		"sethostname", "seccomp", "prctl", "capset", "clone" };
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls"), *rule;

	for (size_t k = 0; k < nitems(needed); k++) {
		size_t i, free_rows = 0;

		json_array_foreach(rules, i, rule)
			free_rows += strcmp(name_of(rule), needed[k]) == 0 &&
			    json_object_get(rule, "args") == NULL;
		CU_ASSERT_EQUAL(free_rows, 1);
	}
	json_decref(profile);
}

static void
profile_allows_what_every_program_needs(void)
{
	static const char *const needed[] = { "read", "write", "openat",
		"close", "mmap", "munmap", "brk", "execve", "exit_group",
		"futex", "rt_sigaction", "wait4", "clone", "getrandom",
		"newfstatat", "seccomp", "prctl" };
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls");

	for (size_t i = 0; i < nitems(needed); i++)
		CU_ASSERT_TRUE(has_name(rules, needed[i], 0));
	json_decref(profile);
}

void
add_seccomp_profile_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(profile_refuses_what_it_does_not_name),
		TEST_ROW(profile_allows_nothing_that_is_forbidden),
		TEST_ROW(profile_names_each_call_once),
		TEST_ROW(profile_has_a_reason_in_every_row),
		TEST_ROW(profile_answers_clone3_as_an_old_kernel_would),
		TEST_ROW(profile_has_the_tests_of_the_table),
		TEST_ROW(profile_has_the_rows_of_the_runner),
		TEST_ROW(profile_allows_what_every_program_needs),
	};

	suite_add("seccomp_profile", tests, nitems(tests));
}
