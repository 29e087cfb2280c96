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

#include "common/auto.h"
#include "seccomp/profile.h"
#include "tests/unit/suites.h"

/* What no program in a container may ever call. */
static const char *const forbidden[] = { "ptrace", "process_vm_readv",
	"process_vm_writev", "mount", "umount", "umount2", "pivot_root",
	"unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "keyctl",
	"add_key", "request_key", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "kexec_load", "kexec_file_load", "init_module",
	"finit_module", "delete_module", "name_to_handle_at",
	"open_by_handle_at", "quotactl", "reboot", "swapon", "swapoff", "acct",
	"chroot", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
	"syslog", "iopl", "ioperm", "kcmp", "move_pages", "mbind",
	"set_mempolicy", "lookup_dcookie", "vhangup", "uselib", "nfsservctl",
	"fanotify_init", "pidfd_getfd", "process_madvise", "memfd_secret",
	"sethostname", "setdomainname", "fsopen", "fsmount", "move_mount",
	"open_tree", "mount_setattr" };

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
		found += strcmp(name_of(rule), "clone3") == 0;
	}
	CU_ASSERT_EQUAL(found, 1);
	json_decref(profile);
}

/* clone without a single CLONE_NEW* flag, sockets of three families. */
static void
profile_tests_the_arguments_of_clone_and_socket(void)
{
	static const struct {
		const char *name;
		json_int_t value, value_two;
		const char *op;
	} rows[] = {
		/* CLONE_NEWCGROUP|UTS|IPC|USER|PID|NET, CLONE_NEWTIME */
		{ "clone", 0x7E020080, 0, "SCMP_CMP_MASKED_EQ" },
		{ "socket", 1, 0, "SCMP_CMP_EQ" },
		{ "socket", 2, 0, "SCMP_CMP_EQ" },
		{ "socket", 10, 0, "SCMP_CMP_EQ" },
		{ "socketpair", 1, 0, "SCMP_CMP_EQ" },
	};
	json_t *profile = load_profile();
	const json_t *rules = json_object_get(profile, "syscalls"), *rule;
	size_t i, found = 0;

	json_array_foreach(rules, i, rule) {
		const json_t *test = json_array_get(
		    json_object_get(rule, "args"), 0);
		const char *name = name_of(rule);

		for (size_t k = 0; k < nitems(rows); k++)
			found += strcmp(name, rows[k].name) == 0 &&
			    json_integer_value(json_object_get(
				test, "value")) == rows[k].value &&
			    json_integer_value(json_object_get(
				test, "valueTwo")) == rows[k].value_two &&
			    json_integer_value(
				json_object_get(test, "index")) == 0 &&
			    strcmp(
				json_string_value(json_object_get(test, "op")),
				rows[k].op) == 0;
		if (strcmp(name, "clone") == 0 || strcmp(name, "socket") == 0)
			CU_ASSERT_PTR_NOT_NULL(test);
	}
	CU_ASSERT_EQUAL(found, nitems(rows));
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
		TEST_ROW(profile_tests_the_arguments_of_clone_and_socket),
		TEST_ROW(profile_allows_what_every_program_needs),
	};

	suite_add("seccomp_profile", tests, nitems(tests));
}
