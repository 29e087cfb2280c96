/*
 * tests/unit/test_options.c -- the command line, supervisor/options.c.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "seccomp/table.h"
#include "supervisor/options.h"
#include "tests/unit/suites.h"

struct outcome {
	struct settings s;
	struct options got;
	struct err e;
};

/* Ends with NULL, as argv does. */
static int
read_options(struct outcome *o, const char *const *args)
{
	char *argv[16] = { NULL };
	int argc = 0;

	for (; args[argc] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc];
	*o = (struct outcome){ .got.action = ACTION_HELP };
	return options_read(argc, argv, &o->s, &o->got, &o->e);
}

#define READ(o, ...)               \
	read_options((o),          \
	    (const char *const[]){ \
		"safe-code-executor", ##__VA_ARGS__, NULL })

static void
set_env(const char *name, const char *value)
{
	if (value == NULL)
		unsetenv(name);
	else
		setenv(name, value, 1);
}

static void
forget_env(void)
{
	set_env("DOCKER_HOST", NULL);
	set_env("SCE_CONFIG", NULL);
	set_env("SCE_DOCKER_HOST", NULL);
	set_env("SCE_WORKERS", NULL);
}

static void
make_file(char *path, const char *text)
{
	int fd;

	memcpy(path, "/tmp/sce-options-XXXXXX", 24);
	fd = mkstemp(path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void
options_without_arguments_serve_the_defaults(void)
{
	struct outcome o;

	forget_env();
	CU_ASSERT_EQUAL(READ(&o), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_SERVE);
	CU_ASSERT_STRING_EQUAL(o.s.listen, "127.0.0.1:5000");
}

static void
options_take_a_value_behind_equals_or_behind_a_space(void)
{
	struct outcome o;

	forget_env();
	CU_ASSERT_EQUAL(READ(&o, "--workers=3", "--run-wall-ms", "5"), 0);
	CU_ASSERT_EQUAL(o.s.workers, 3);
	CU_ASSERT_EQUAL(o.s.run_wall_ms, 5);
	CU_ASSERT_EQUAL(READ(&o, "--allowed_hosts="), 0);
	CU_ASSERT_STRING_EQUAL(o.s.allowed_hosts, "");
}

/* Each source in turn is taken away; the next lower one then shows. */
static void
options_sources_have_their_precedence(void)
{
	char path[32], config[64];
	struct outcome o;

	forget_env();
	make_file(path, "docker_host = unix:///file\n");
	snprintf(config, sizeof config, "--config=%s", path);
	set_env("DOCKER_HOST", "unix:///docker");
	set_env("SCE_DOCKER_HOST", "unix:///env");

	CU_ASSERT_EQUAL(READ(&o, "--docker_host=unix:///line", config), 0);
	CU_ASSERT_STRING_EQUAL(o.s.docker_host, "unix:///line");
	CU_ASSERT_EQUAL(READ(&o, config), 0);
	CU_ASSERT_STRING_EQUAL(o.s.docker_host, "unix:///env");
	set_env("SCE_DOCKER_HOST", NULL);
	CU_ASSERT_EQUAL(READ(&o, config), 0);
	CU_ASSERT_STRING_EQUAL(o.s.docker_host, "unix:///file");
	CU_ASSERT_EQUAL(READ(&o), 0);
	CU_ASSERT_STRING_EQUAL(o.s.docker_host, "unix:///docker");
	set_env("DOCKER_HOST", "");
	CU_ASSERT_EQUAL(READ(&o), 0);
	CU_ASSERT_STRING_EQUAL(o.s.docker_host, "unix:///var/run/docker.sock");
	forget_env();
	unlink(path);
}

static void
options_file_of_the_command_line_is_read_before_that_of_the_environment(void)
{
	char one[32], two[32];
	struct outcome o;

	forget_env();
	make_file(one, "workers = 1\n");
	make_file(two, "workers = 2\n");
	set_env("SCE_CONFIG", one);
	CU_ASSERT_EQUAL(READ(&o), 0);
	CU_ASSERT_EQUAL(o.s.workers, 1);
	CU_ASSERT_EQUAL(READ(&o, "--config", two), 0);
	CU_ASSERT_EQUAL(o.s.workers, 2);
	forget_env();
	unlink(one);
	unlink(two);
}

static void
options_errors_name_what_is_wrong(void)
{
	static const struct {
		const char *arg, *why;
	} wrong[] = {
		{ "--wrokers=3", "'wrokers'" },
		{ "--workers", "--workers: the value is missing" },
		{ "--workers=", "workers is ''" },
		{ "--workers=x", "workers is 'x'" },
		{ "workers=3", "'workers=3'" },
		{ "-w", "'-w'" },
		{ "--", "'--'" },
		{ "", "''" },
		{ "--=3", "''" },
		{ "--config", "--config: the value is missing" },
		{ "--config=/nonexistent", "/nonexistent" },
		{ "--role=cook", "'role'" },
		{ "--role=supervisor", "'role'" },
		{ "--explain-seccomp=cook",
		    "container, program, web, worker or pool" },
		{ "--explain-seccomp=", "''" },
		{ "--explain-seccomps=1", "'explain-seccomps'" },
		{ "--print-settings=poem", "'print-settings'" },
		{ "--a-name-that-is-much-longer-than-any-setting-that-there-"
		  "could-ever-be=1",
		    "there is no setting" },
	};

	forget_env();
	for (size_t i = 0; i < nitems(wrong); i++) {
		struct outcome o;

		CU_ASSERT_EQUAL(READ(&o, wrong[i].arg), -1);
		if (strstr(o.e.text, wrong[i].why) == NULL)
			fprintf(stderr, "%s: %s\n", wrong[i].arg, o.e.text);
		CU_ASSERT_PTR_NOT_NULL(strstr(o.e.text, wrong[i].why));
	}
}

static void
options_errors_of_the_environment_name_it(void)
{
	struct outcome o;

	forget_env();
	set_env("SCE_WORKERS", "many");
	CU_ASSERT_EQUAL(READ(&o), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(o.e.text, "SCE_WORKERS"));
	forget_env();
	set_env("DOCKER_HOST", "tcp://127.0.0.1:2375");
	CU_ASSERT_EQUAL(READ(&o), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(o.e.text, "docker_host"));
	forget_env();
}

static void
options_are_checked_together(void)
{
	struct outcome o;

	forget_env();
	CU_ASSERT_EQUAL(READ(&o, "--pool_idle=17"), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(o.e.text, "pool_total"));
	CU_ASSERT_EQUAL(READ(&o, "--pool_idle=17", "--pool_total=17"), 0);
}

static void
options_know_what_is_no_setting(void)
{
	static const struct {
		const char *arg;
		enum action action;
	} actions[] = {
		{ "--help", ACTION_HELP },
		{ "-h", ACTION_HELP },
		{ "--version", ACTION_VERSION },
		{ "--check-config", ACTION_CHECK_CONFIG },
		{ "--print-settings=sample", ACTION_PRINT_SAMPLE },
		{ "--print-settings=markdown", ACTION_PRINT_MARKDOWN },
	};

	forget_env();
	for (size_t i = 0; i < nitems(actions); i++) {
		struct outcome o;

		CU_ASSERT_EQUAL(READ(&o, actions[i].arg), 0);
		CU_ASSERT_EQUAL(o.got.action, actions[i].action);
	}
}

static void
options_of_a_self_test_say_where(void)
{
	struct outcome o;

	forget_env();
	CU_ASSERT_EQUAL(READ(&o, "--self-test"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_SELF_TEST);
	CU_ASSERT_STRING_EQUAL(o.s.listen, "127.0.0.1:5000");
	CU_ASSERT_EQUAL(READ(&o, "--self-test=127.0.0.1:81"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_SELF_TEST);
	CU_ASSERT_STRING_EQUAL(o.s.listen, "127.0.0.1:81");
	CU_ASSERT_EQUAL(READ(&o, "--self-test", "--listen=127.0.0.1:82"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_SELF_TEST);
	CU_ASSERT_STRING_EQUAL(o.s.listen, "127.0.0.1:82");
}

static void
options_of_a_child_are_its_role(void)
{
	struct outcome o;

	forget_env();
	/* A child gets its settings over its channel: nothing is checked. */
	set_env("SCE_WORKERS", "many");
	CU_ASSERT_EQUAL(READ(&o, "--role=pool"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_CHILD);
	CU_ASSERT_EQUAL(o.got.role, ROLE_POOL);
	CU_ASSERT_EQUAL(READ(&o, "--role=worker"), 0);
	CU_ASSERT_EQUAL(o.got.role, ROLE_WORKER);
	CU_ASSERT_EQUAL(READ(&o, "--role=web"), 0);
	CU_ASSERT_EQUAL(o.got.role, ROLE_WEB);
	forget_env();
}

static void
options_explain_one_role_or_all(void)
{
	struct outcome o;

	forget_env();
	CU_ASSERT_EQUAL(READ(&o, "--explain-seccomp"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_EXPLAIN_SECCOMP);
	CU_ASSERT_EQUAL(o.got.seccomp_role, -1);
	CU_ASSERT_EQUAL(READ(&o, "--explain-seccomp", "program"), 0);
	CU_ASSERT_EQUAL(o.got.action, ACTION_EXPLAIN_SECCOMP);
	CU_ASSERT_EQUAL(o.got.seccomp_role, SECCOMP_PROGRAM);
	CU_ASSERT_EQUAL(READ(&o, "--explain-seccomp=pool"), 0);
	CU_ASSERT_EQUAL(o.got.seccomp_role, SECCOMP_POOL);
	/* What follows is an option again. */
	CU_ASSERT_EQUAL(READ(&o, "--explain-seccomp", "--wrokers=3"), -1);
	CU_ASSERT_EQUAL(READ(&o, "--explain-seccomp", "web", "--workers=3"), 0);
	CU_ASSERT_EQUAL(o.got.seccomp_role, SECCOMP_WEB);
}

void
add_options_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(options_without_arguments_serve_the_defaults),
		TEST_ROW(options_take_a_value_behind_equals_or_behind_a_space),
		TEST_ROW(options_sources_have_their_precedence),
		TEST_ROW(
		    options_file_of_the_command_line_is_read_before_that_of_the_environment),
		TEST_ROW(options_errors_name_what_is_wrong),
		TEST_ROW(options_errors_of_the_environment_name_it),
		TEST_ROW(options_are_checked_together),
		TEST_ROW(options_know_what_is_no_setting),
		TEST_ROW(options_of_a_self_test_say_where),
		TEST_ROW(options_of_a_child_are_its_role),
		TEST_ROW(options_explain_one_role_or_all),
	};

	suite_add("options", tests, nitems(tests));
}
