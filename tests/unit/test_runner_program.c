/*
 * tests/unit/test_runner_program.c -- the parser of RUN, runner/program.c.
 *
 * A draft is a RUN as the host would write it; each test changes one thing
 * in it and states what comes of that.
 */
#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/frames.h"
#include "runner/program.h"
#include "tests/unit/suites.h"

struct text {
	const char *bytes;
	size_t n;
};

/* clang-format off */
#define TEXT(literal) { (literal), sizeof(literal) - 1 }
/* clang-format on */

struct draft {
	struct run_frame limits;
	struct text argv[3];
	unsigned argc;
	struct text env[2];
	unsigned nenv;
	struct text names[2];
	struct text contents[2];
	unsigned nfiles;
	struct text input;
};

static const struct draft good = {
	.limits = {
		.cpu_s = 10,
		.file_mb = 64,
		.open_files = 256,
		.output_bytes = 1 << 20,
	},
	.argv = { TEXT("/usr/bin/python3"), TEXT("main.py"), TEXT("") },
	.argc = 3,
	.env = { TEXT("HOME=/home/sandbox"), TEXT("EMPTY=") },
	.nenv = 2,
	.names = { TEXT("main.py"), TEXT("lib/deep/util.py") },
	.contents = { TEXT("print(2 + 2)\n"), TEXT("\0\377\n") },
	.nfiles = 2,
	.input = TEXT("one\0two"),
};

static void
put_text(struct msgbuf *m, const struct text *text)
{
	msgbuf_put_block(m, text->bytes, text->n);
}

static void
put_draft(struct msgbuf *m, const struct draft *draft)
{
	msgbuf_init(m, FRAME_TO_RUNNER_MAX);
	run_frame_put(m, &draft->limits);
	msgbuf_put_u16(m, (uint16_t)draft->argc);
	for (unsigned i = 0; i < draft->argc; i++)
		put_text(m, &draft->argv[i]);
	msgbuf_put_u16(m, (uint16_t)draft->nenv);
	for (unsigned i = 0; i < draft->nenv; i++)
		put_text(m, &draft->env[i]);
	msgbuf_put_u16(m, (uint16_t)draft->nfiles);
	for (unsigned i = 0; i < draft->nfiles; i++) {
		put_text(m, &draft->names[i]);
		put_text(m, &draft->contents[i]);
	}
	put_text(m, &draft->input);
}

/* From a copy of exactly n bytes, so that a sanitizer sees any read behind. */
static int
parse_first(const struct msgbuf *m, size_t n, struct program *ret_program,
    struct err *e)
{
	auto_free uint8_t *copy = malloc(n > 0 ? n : 1);
	struct msgbuf body;

	memcpy(copy, m->data, n);
	msgbuf_view(&body, copy, n);
	return program_parse(&body, ret_program, e);
}

static bool
is_refused(const struct draft *draft, const char *why)
{
	struct program program = { .nfiles = 42 };
	struct err e = { 0 };
	struct msgbuf m;
	int result;

	put_draft(&m, draft);
	result = parse_first(&m, m.len, &program, &e);
	msgbuf_fini(&m);
	if (result == 0) {
		program_fini(&program);
		return false;
	}
	if (strstr(e.text, why) == NULL)
		printf("\n\"%s\" and not \"%s\"\n", e.text, why);
	return program.nfiles == 42 && strstr(e.text, why) != NULL;
}

static bool
is_taken(const struct draft *draft)
{
	struct program program;
	struct err e = { 0 };
	struct msgbuf m;
	int result;

	put_draft(&m, draft);
	result = parse_first(&m, m.len, &program, &e);
	msgbuf_fini(&m);
	if (result == 0)
		program_fini(&program);
	return result == 0;
}

static bool
name_is_taken(const char *name)
{
	struct draft draft = good;

	draft.names[0] = (struct text){ name, strlen(name) };
	return is_taken(&draft);
}

static bool
name_is_refused(const char *name, const char *why)
{
	struct draft draft = good;

	draft.names[1] = (struct text){ name, strlen(name) };
	return is_refused(&draft, why);
}

static void
program_parse_gives_what_run_says(void)
{
	struct program p;
	struct msgbuf m, body;
	struct err e;

	put_draft(&m, &good);
	msgbuf_view(&body, m.data, m.len);
	CU_ASSERT_FATAL(program_parse(&body, &p, &e) == 0);
	CU_ASSERT_EQUAL(p.limits.cpu_s, 10);
	CU_ASSERT_EQUAL(p.limits.file_mb, 64);
	CU_ASSERT_EQUAL(p.limits.open_files, 256);
	CU_ASSERT_EQUAL(p.limits.output_bytes, 1 << 20);
	CU_ASSERT_STRING_EQUAL(p.argv[0], "/usr/bin/python3");
	CU_ASSERT_STRING_EQUAL(p.argv[1], "main.py");
	CU_ASSERT_STRING_EQUAL(p.argv[2], "");
	CU_ASSERT_PTR_NULL(p.argv[3]);
	CU_ASSERT_STRING_EQUAL(p.envp[0], "HOME=/home/sandbox");
	CU_ASSERT_STRING_EQUAL(p.envp[1], "EMPTY=");
	CU_ASSERT_PTR_NULL(p.envp[2]);
	CU_ASSERT_EQUAL_FATAL(p.nfiles, 2);
	CU_ASSERT_STRING_EQUAL(p.files[0].name, "main.py");
	CU_ASSERT_EQUAL(p.files[0].size, 13);
	CU_ASSERT_STRING_EQUAL(p.files[1].name, "lib/deep/util.py");
	CU_ASSERT_EQUAL(p.files[1].size, 3);
	CU_ASSERT(memcmp(p.files[1].data, "\0\377\n", 3) == 0);
	CU_ASSERT_EQUAL(p.input_size, 7);
	CU_ASSERT(memcmp(p.input, "one\0two", 7) == 0);
	program_fini(&p);
	msgbuf_fini(&m);
}

static void
program_parse_refuses_every_truncation(void)
{
	struct program program = { .nfiles = 42 };
	struct msgbuf m;
	struct err e;

	put_draft(&m, &good);
	for (size_t n = 0; n < m.len; n++) {
		CU_ASSERT_EQUAL(parse_first(&m, n, &program, &e), -1);
		CU_ASSERT_EQUAL(e.code, ERR_INVALID);
		CU_ASSERT_EQUAL(program.nfiles, 42); /* untouched on failure */
	}
	CU_ASSERT_EQUAL(parse_first(&m, m.len, &program, &e), 0);
	program_fini(&program);
	msgbuf_fini(&m);
}

static void
program_parse_refuses_bytes_behind_the_input(void)
{
	struct program program;
	struct msgbuf m;
	struct err e;

	put_draft(&m, &good);
	msgbuf_put_u8(&m, 0);
	CU_ASSERT_EQUAL(parse_first(&m, m.len, &program, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "RUN has bytes behind it");
	msgbuf_fini(&m);
}

/* Nothing may crash or leak; most of these are refused, some mean a thing. */
static void
program_parse_survives_every_changed_byte(void)
{
	struct msgbuf m;

	put_draft(&m, &good);
	for (size_t at = 0; at < m.len; at++) {
		uint8_t was = m.data[at];

		for (unsigned value = 0; value < 256; value += 15) {
			struct program program;
			struct err e;

			m.data[at] = (uint8_t)value;
			if (parse_first(&m, m.len, &program, &e) == 0)
				program_fini(&program);
		}
		m.data[at] = was;
	}
	msgbuf_fini(&m);
	CU_PASS("no crash");
}

static void
program_parse_refuses_a_count_above_the_body(void)
{
	struct program program;
	struct msgbuf m;
	struct err e;

	msgbuf_init(&m, FRAME_TO_RUNNER_MAX);
	run_frame_put(&m, &good.limits);
	msgbuf_put_u16(&m, UINT16_MAX);
	msgbuf_put_str(&m, "/bin/true");
	CU_ASSERT_EQUAL(parse_first(&m, m.len, &program, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "RUN is cut short");
	msgbuf_fini(&m);
}

static void
program_parse_refuses_a_length_above_the_body(void)
{
	struct program program;
	struct msgbuf m;
	struct err e;

	msgbuf_init(&m, FRAME_TO_RUNNER_MAX);
	run_frame_put(&m, &good.limits);
	msgbuf_put_u16(&m, 1);
	msgbuf_put_u32(&m, UINT32_MAX);
	msgbuf_put_raw(&m, "/bin/true", 9);
	CU_ASSERT_EQUAL(parse_first(&m, m.len, &program, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "RUN is cut short");
	msgbuf_fini(&m);
}

static void
program_parse_refuses_a_nul_in_any_name(void)
{
	struct draft argument = good, variable = good, file = good;

	argument.argv[1] = (struct text)TEXT("main.py\0x");
	CU_ASSERT(is_refused(&argument, "an argument has a NUL byte inside"));
	argument.argv[1] = (struct text)TEXT("main.py\0");
	CU_ASSERT(is_refused(&argument, "an argument has a NUL byte inside"));
	variable.env[1] = (struct text)TEXT("A=b\0LD_PRELOAD=x");
	CU_ASSERT(is_refused(&variable, "environment has a NUL byte inside"));
	file.names[0] = (struct text)TEXT("main.py\0.txt");
	CU_ASSERT(is_refused(&file, "a file name has a NUL byte inside"));
}

static void
program_parse_needs_a_file_to_execute(void)
{
	struct draft none = good, empty = good;

	none.argc = 0;
	CU_ASSERT(is_refused(&none, "no file to execute"));
	empty.argv[0] = (struct text)TEXT("");
	CU_ASSERT(is_refused(&empty, "no file to execute"));
}

static void
program_parse_wants_name_and_value_in_the_environment(void)
{
	struct draft draft = good;

	draft.env[0] = (struct text)TEXT("HOME");
	CU_ASSERT(is_refused(&draft, "environment 'HOME' is not NAME=value"));
	draft.env[0] = (struct text)TEXT("=value");
	CU_ASSERT(is_refused(&draft, "is not NAME=value"));
	draft.env[0] = (struct text)TEXT("");
	CU_ASSERT(is_refused(&draft, "is not NAME=value"));
	draft.env[0] = (struct text)TEXT("A==b=");
	CU_ASSERT(is_taken(&draft));
	draft.nenv = 0;
	CU_ASSERT(is_taken(&draft));
}

static void
program_parse_refuses_a_limit_of_nothing(void)
{
	struct draft draft = good;

	draft.limits.cpu_s = 0;
	CU_ASSERT(is_refused(&draft, "a limit is 0"));
	draft = good;
	draft.limits.open_files = 0;
	CU_ASSERT(is_refused(&draft, "a limit is 0"));
	draft = good;
	draft.limits.output_bytes = 0; /* it may run, and say nothing */
	draft.limits.file_mb = 0;
	CU_ASSERT(is_taken(&draft));
}

static void
program_parse_takes_names_that_lead_downwards(void)
{
	static const char *const names[] = { "a", "a/b", "a/b/c/d.txt", "...",
		".hidden", "..a", "a..", "a/.b/..c", "with space", "new\nline",
		"-rf", "\303\251", "\377", "~", "C:\\x" };

	for (size_t i = 0; i < nitems(names); i++)
		CU_ASSERT(name_is_taken(names[i]));
}

static void
program_parse_refuses_names_that_lead_elsewhere(void)
{
	static const struct {
		const char *name;
		const char *why;
	} cases[] = {
		{ "/etc/passwd", "begins with '/'" },
		{ "/", "begins with '/'" },
		{ "", "has an empty part" },
		{ "a//b", "has an empty part" },
		{ "a/", "has an empty part" },
		{ ".", "has '.' or '..' as a part" },
		{ "..", "has '.' or '..' as a part" },
		{ "./a", "has '.' or '..' as a part" },
		{ "../a", "has '.' or '..' as a part" },
		{ "a/.", "has '.' or '..' as a part" },
		{ "a/..", "has '.' or '..' as a part" },
		{ "a/./b", "has '.' or '..' as a part" },
		{ "a/../../b", "has '.' or '..' as a part" },
	};

	for (size_t i = 0; i < nitems(cases); i++)
		CU_ASSERT(name_is_refused(cases[i].name, cases[i].why));
}

static void
program_parse_bounds_the_length_of_names(void)
{
	char name[PROGRAM_NAME_MAX + 2];

	memset(name, 'x', sizeof name);
	name[PROGRAM_COMPONENT_MAX] = '\0';
	CU_ASSERT(name_is_taken(name));
	name[PROGRAM_COMPONENT_MAX] = 'x';
	name[PROGRAM_COMPONENT_MAX + 1] = '\0';
	CU_ASSERT(name_is_refused(name, "has a part that is too long"));

	memset(name, 'x', sizeof name);
	for (size_t i = 100; i < PROGRAM_NAME_MAX; i += 100)
		name[i] = '/';
	name[PROGRAM_NAME_MAX] = '\0';
	CU_ASSERT(name_is_taken(name));
	name[PROGRAM_NAME_MAX] = 'x';
	name[PROGRAM_NAME_MAX + 1] = '\0';
	CU_ASSERT(name_is_refused(name, "is too long"));
}

/* n empty files: "0", "1", ... */
static int
parse_many_files(unsigned n, struct err *e)
{
	struct program program;
	struct msgbuf m;
	int result;

	msgbuf_init(&m, FRAME_TO_RUNNER_MAX);
	run_frame_put(&m, &good.limits);
	msgbuf_put_u16(&m, 1);
	msgbuf_put_str(&m, "/bin/true");
	msgbuf_put_u16(&m, 0);
	msgbuf_put_u16(&m, (uint16_t)n);
	for (unsigned i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof name, "%u", i);
		msgbuf_put_str(&m, name);
		msgbuf_put_block(&m, "", 0);
	}
	msgbuf_put_block(&m, "", 0);
	result = parse_first(&m, m.len, &program, e);
	if (result == 0)
		program_fini(&program);
	msgbuf_fini(&m);
	return result;
}

static void
program_parse_bounds_the_number_of_files(void)
{
	struct err e;

	CU_ASSERT_EQUAL(parse_many_files(0, &e), 0);
	CU_ASSERT_EQUAL(parse_many_files(PROGRAM_FILES_MAX, &e), 0);
	CU_ASSERT_EQUAL(parse_many_files(PROGRAM_FILES_MAX + 1, &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_TOO_LARGE);
}

static void
program_fini_takes_what_was_never_filled(void)
{
	struct program p = { 0 };

	program_fini(&p);
	program_fini(&p);
	CU_PASS("no crash");
}

void
add_runner_program_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(program_parse_gives_what_run_says),
		TEST_ROW(program_parse_refuses_every_truncation),
		TEST_ROW(program_parse_refuses_bytes_behind_the_input),
		TEST_ROW(program_parse_survives_every_changed_byte),
		TEST_ROW(program_parse_refuses_a_count_above_the_body),
		TEST_ROW(program_parse_refuses_a_length_above_the_body),
		TEST_ROW(program_parse_refuses_a_nul_in_any_name),
		TEST_ROW(program_parse_needs_a_file_to_execute),
		TEST_ROW(program_parse_wants_name_and_value_in_the_environment),
		TEST_ROW(program_parse_refuses_a_limit_of_nothing),
		TEST_ROW(program_parse_takes_names_that_lead_downwards),
		TEST_ROW(program_parse_refuses_names_that_lead_elsewhere),
		TEST_ROW(program_parse_bounds_the_length_of_names),
		TEST_ROW(program_parse_bounds_the_number_of_files),
		TEST_ROW(program_fini_takes_what_was_never_filled),
	};

	suite_add("runner_program", rows, nitems(rows));
}
