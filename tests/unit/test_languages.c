/*
 * tests/unit/test_languages.c -- the table of languages, common/languages.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/languages.h"
#include "tests/unit/suites.h"

#define LANGUAGE(name, aliases)                                            \
	"{\"name\": \"" name "\", \"title\": \"T\", \"version\": \"1\", "  \
	"\"extension\": \"x\", \"main\": \"main.x\", \"image\": \"i:" name \
	"\", \"example\": \"e\", \"aliases\": [" aliases "], "             \
	"\"run\": [\"/bin/x\", \"main.x\"]}"

static void
path_of(const char *dir, const char *file, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", dir, file);
}

static void
write_file(const char *dir, const char *file, const char *text)
{
	char path[128];
	FILE *f;

	path_of(dir, file, path, sizeof path);
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL);
	fputs(text, f);
	fclose(f);
}

static void
make_dir(char *dir)
{
	memcpy(dir, "/tmp/sce-languages-XXXXXX", 26);
	CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
}

static void
remove_dir(const char *dir)
{
	static const char *const files[] = { "python.json", "bash.json",
		"broken.json", "notes.txt", ".hidden.json", "c.json" };
	char path[128];

	for (size_t i = 0; i < nitems(files); i++) {
		path_of(dir, files[i], path, sizeof path);
		unlink(path);
	}
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static void
make_three(char *dir)
{
	make_dir(dir);
	write_file(
	    dir, "python.json", LANGUAGE("python", "\"py\", \"python3\""));
	write_file(dir, "bash.json", LANGUAGE("bash", ""));
	write_file(dir, "c.json", LANGUAGE("c", "\"gcc\""));
}

static void
languages_are_found_by_name_and_by_alias(void)
{
	struct languages l;
	struct err e;
	char dir[32];
	int python;

	make_three(dir);
	CU_ASSERT_FATAL(languages_load(&l, dir, "", &e) == 0);
	CU_ASSERT_EQUAL(l.n, 3);
	CU_ASSERT_STRING_EQUAL(l.all[0].name, "bash");
	CU_ASSERT_STRING_EQUAL(l.all[2].name, "python");
	python = languages_find(&l, "python");
	CU_ASSERT_EQUAL(python, 2);
	CU_ASSERT_EQUAL(languages_find(&l, "py"), python);
	CU_ASSERT_EQUAL(languages_find(&l, "python3"), python);
	CU_ASSERT_EQUAL(languages_find(&l, "gcc"), languages_find(&l, "c"));
	CU_ASSERT_STRING_EQUAL(l.all[python].image, "i:python");
	CU_ASSERT_STRING_EQUAL(l.all[python].run[1], "main.x");
	CU_ASSERT_PTR_NULL(l.all[python].run[2]);
	languages_free(&l);
	CU_ASSERT_EQUAL(languages_find(&l, "python"), -1);
	remove_dir(dir);
}

static void
languages_are_found_only_as_written(void)
{
	static const char *const wrong[] = { "", "Python", "pyt", "python ",
		"python33", "ruby", "notes" };
	struct languages l;
	struct err e;
	char dir[32];

	make_three(dir);
	CU_ASSERT_FATAL(languages_load(&l, dir, "", &e) == 0);
	for (size_t i = 0; i < nitems(wrong); i++)
		CU_ASSERT_EQUAL(languages_find(&l, wrong[i]), -1);
	languages_free(&l);
	remove_dir(dir);
}

static void
languages_load_takes_only_those_that_are_chosen(void)
{
	struct languages l;
	struct err e;
	char dir[32];

	make_three(dir);
	CU_ASSERT_FATAL(languages_load(&l, dir, "python,c", &e) == 0);
	CU_ASSERT_EQUAL(l.n, 2);
	CU_ASSERT_EQUAL(languages_find(&l, "bash"), -1);
	CU_ASSERT(languages_find(&l, "c") >= 0);
	languages_free(&l);
	CU_ASSERT_EQUAL(languages_load(&l, dir, "ruby", &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "ruby"));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, dir));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "make images"));
	remove_dir(dir);
}

static void
languages_load_passes_over_other_files(void)
{
	struct languages l;
	struct err e;
	char dir[32];

	make_dir(dir);
	write_file(dir, "notes.txt", "not JSON");
	write_file(dir, ".hidden.json", "not JSON");
	write_file(dir, "c.json", LANGUAGE("c", ""));
	CU_ASSERT_FATAL(languages_load(&l, dir, "", &e) == 0);
	CU_ASSERT_EQUAL(l.n, 1);
	languages_free(&l);
	remove_dir(dir);
}

static void
languages_load_without_any_language_is_an_error(void)
{
	struct languages l;
	struct err e;
	char dir[32];

	make_dir(dir);
	CU_ASSERT_EQUAL(languages_load(&l, dir, "", &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_MISSING);
	remove_dir(dir);
	CU_ASSERT_EQUAL(languages_load(&l, dir, "", &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, dir));
}

static void
languages_error_of_broken_json_names_file_and_line(void)
{
	struct languages l;
	struct err e;
	char dir[32];

	make_three(dir);
	write_file(dir, "broken.json", "{\n\"name\": \"x\",\n}");
	CU_ASSERT_EQUAL(languages_load(&l, dir, "", &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "broken.json"));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "line 3"));
	remove_dir(dir);
}

/* Each field in turn is missing, or is something else. */
static void
languages_error_names_the_field(void)
{
	static const char *const fields[] = { "name", "title", "version",
		"extension", "main", "image", "example", "aliases", "run" };
	static const char good[] = LANGUAGE("python", "\"py\"");

	for (size_t i = 0; i < nitems(fields); i++) {
		struct languages l;
		struct err e = { 0 };
		char text[sizeof good + 2], quoted[32], *at;

		snprintf(text, sizeof text, "[%s]", good);
		snprintf(quoted, sizeof quoted, "\"%s\":", fields[i]);
		at = strstr(text, quoted);
		CU_ASSERT_FATAL(at != NULL);
		if (at == NULL)
			return;
		at[1] = '_';
		CU_ASSERT_EQUAL(
		    languages_from_json(&l, text, strlen(text), &e), -1);
		snprintf(quoted, sizeof quoted, "'%s'", fields[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(e.text, quoted));
		if (i > 0)
			CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "'python'"));
	}
}

static void
languages_error_of_a_field_names_the_file(void)
{
	struct languages l;
	struct err e = { 0 };
	char dir[32];

	make_three(dir);
	write_file(dir, "broken.json", "{\"title\": \"no name\"}");
	CU_ASSERT_EQUAL(languages_load(&l, dir, "", &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "'name'"));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "broken.json"));
	remove_dir(dir);
}

static void
languages_from_json_refuses_what_is_malformed(void)
{
	static const char *const wrong[] = { "", "{}", "null", "[", "[1]",
		"[[]]", "[\"python\"]", "[null]", "[{\"name\": 7}]",
		"[{\"name\": \"\"}]", "[" LANGUAGE("python", "7") "]",
		"[" LANGUAGE("python",
		    "\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		    "\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		    "\"a\"") "]" };

	for (size_t i = 0; i < nitems(wrong); i++) {
		struct languages l;
		struct err e;

		CU_ASSERT_EQUAL(
		    languages_from_json(&l, wrong[i], strlen(wrong[i]), &e),
		    -1);
	}
}

static void
languages_run_by_an_absolute_path(void)
{
	static const char good[] = "[" LANGUAGE("python", "") "]";
	struct languages l;
	struct err e;
	char text[sizeof good], *at;

	memcpy(text, good, sizeof good);
	at = strstr(text, "/bin/x");
	CU_ASSERT_FATAL(at != NULL);
	if (at == NULL)
		return;
	*at = '.';
	CU_ASSERT_EQUAL(languages_from_json(&l, text, strlen(text), &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "absolute"));
}

static void
languages_json_is_the_same_table(void)
{
	struct languages l, child;
	struct err e;
	char dir[32];

	make_three(dir);
	CU_ASSERT_FATAL(languages_load(&l, dir, "", &e) == 0);
	CU_ASSERT_FATAL(
	    languages_from_json(&child, l.json, strlen(l.json), &e) == 0);
	CU_ASSERT_EQUAL(child.n, l.n);
	for (size_t i = 0; i < l.n; i++)
		CU_ASSERT_STRING_EQUAL(child.all[i].name, l.all[i].name);
	CU_ASSERT_STRING_EQUAL(child.json, l.json);
	languages_free(&child);
	languages_free(&l);
	remove_dir(dir);
}

void
add_languages_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(languages_are_found_by_name_and_by_alias),
		TEST_ROW(languages_are_found_only_as_written),
		TEST_ROW(languages_load_takes_only_those_that_are_chosen),
		TEST_ROW(languages_load_passes_over_other_files),
		TEST_ROW(languages_load_without_any_language_is_an_error),
		TEST_ROW(languages_error_of_broken_json_names_file_and_line),
		TEST_ROW(languages_error_names_the_field),
		TEST_ROW(languages_error_of_a_field_names_the_file),
		TEST_ROW(languages_from_json_refuses_what_is_malformed),
		TEST_ROW(languages_run_by_an_absolute_path),
		TEST_ROW(languages_json_is_the_same_table),
	};

	suite_add("languages", tests, nitems(tests));
}
