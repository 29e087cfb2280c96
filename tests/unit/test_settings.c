/*
 * tests/unit/test_settings.c -- the settings table, common/settings.c.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/settings.h"
#include "tests/unit/suites.h"

/* Numbers of the table, once more: what the code is tested against. */
static const struct number_row {
	const char *name;
	uint32_t min, max;
} numbers[] = {
#define GROUP(title)
#define STR(name, value, help)
#define BOOL(name, value, help)
#define U32(name, value, min, max, unit, help) { #name, (min), (max) },
#define MAP(name, value, min, max, unit, help) { #name, (min), (max) },
#define CHOICE(name, value, words, help)
#include "common/settings.def"
#undef GROUP
#undef STR
#undef BOOL
#undef U32
#undef MAP
#undef CHOICE
};

static const char *const names[] = {
#define GROUP(title)
#define STR(name, value, help)                 #name,
#define BOOL(name, value, help)                #name,
#define U32(name, value, min, max, unit, help) #name,
#define MAP(name, value, min, max, unit, help) #name,
#define CHOICE(name, value, words, help)       #name,
#include "common/settings.def"
#undef GROUP
#undef STR
#undef BOOL
#undef U32
#undef MAP
#undef CHOICE
};

static bool
says(const struct err *e, const char *part)
{
	if (strstr(e->text, part) != NULL)
		return true;
	fprintf(stderr, "'%s' does not say '%s'\n", e->text, part);
	return false;
}

static bool
is_refused(const char *name, const char *value)
{
	struct settings s;
	struct err e = { 0 };

	settings_defaults(&s);
	if (settings_set(&s, name, value, &e) == 0) {
		fprintf(stderr, "%s = '%.40s' was taken\n", name, value);
		return false;
	}
	return says(&e, name);
}

static bool
is_taken(const char *name, const char *value)
{
	struct settings s;
	struct err e = { 0 };

	settings_defaults(&s);
	if (settings_set(&s, name, value, &e) == 0)
		return true;
	fprintf(stderr, "%s\n", e.text);
	return false;
}

/* ---- the table -------------------------------------------------------- */

/* Is word the i-th of "these, those or others"? */
static bool
has_word(uint32_t i, const char *words, const char *word)
{
	const char *at = strstr(words, word);
	uint32_t before = 0;

	for (const char *p = words; at != NULL && p < at; p++)
		before += *p == ',' || strncmp(p, " or ", 4) == 0;
	return at != NULL && before == i;
}

static void
settings_defaults_equal_the_table(void)
{
	struct settings s;

	settings_defaults(&s);
#define GROUP(title)
#define STR(name, value, help)               CU_ASSERT_STRING_EQUAL(s.name, (value));
#define BOOL(name, value, help)              CU_ASSERT_EQUAL(s.name, (value));
#define U32(name, def, min, max, unit, help) CU_ASSERT_EQUAL(s.name, (def));
#define MAP(name, def, min, max, unit, help)  \
	CU_ASSERT_EQUAL(s.name.value, (def)); \
	CU_ASSERT_EQUAL(s.name.n, 0);
#define CHOICE(name, def, words, help) \
	CU_ASSERT(has_word(s.name, (words), (def)));
#include "common/settings.def"
#undef GROUP
#undef STR
#undef BOOL
#undef U32
#undef MAP
#undef CHOICE
}

static void
settings_defaults_are_correct_together(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_check(&s, &e), 0);
}

static void
settings_set_takes_both_ends_of_every_range(void)
{
	char text[24];

	for (size_t i = 0; i < nitems(numbers); i++) {
		snprintf(text, sizeof text, "%u", numbers[i].min);
		CU_ASSERT(is_taken(numbers[i].name, text));
		snprintf(text, sizeof text, "%u", numbers[i].max);
		CU_ASSERT(is_taken(numbers[i].name, text));
	}
}

static void
settings_set_refuses_what_is_beyond_any_range(void)
{
	char text[24];

	for (size_t i = 0; i < nitems(numbers); i++) {
		snprintf(
		    text, sizeof text, "%lld", (long long)numbers[i].min - 1);
		CU_ASSERT(is_refused(numbers[i].name, text));
		snprintf(text, sizeof text, "%llu", numbers[i].max + 1ull);
		CU_ASSERT(is_refused(numbers[i].name, text));
		/* The same, beyond 32 bits: no silent wrap to 1. */
		snprintf(
		    text, sizeof text, "%llu", (1ull << 32) + numbers[i].min);
		CU_ASSERT(is_refused(numbers[i].name, text));
	}
}

static void
settings_set_refuses_what_is_no_whole_number(void)
{
	static const char *const wrong[] = { "", " ", "x", "5x", "5 ", " 5",
		"+5", "-5", "5.0", "0x5", "1e3", "99999999999999999999999" };

	for (size_t i = 0; i < nitems(numbers); i++)
		for (size_t w = 0; w < nitems(wrong); w++)
			CU_ASSERT(is_refused(numbers[i].name, wrong[w]));
}

static void
settings_set_names_the_range_it_expected(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_set(&s, "workers", "65", &e), -1);
	CU_ASSERT(says(&e, "'65'"));
	CU_ASSERT(says(&e, "from 0 to 64"));
	CU_ASSERT_EQUAL(s.workers, 0);
}

static void
settings_set_takes_dashes_for_underscores(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_set(&s, "run-wall-ms", "1234", &e), 0);
	CU_ASSERT_EQUAL(s.run_wall_ms, 1234);
	CU_ASSERT_EQUAL(settings_set(&s, "run-wall_ms", "1235", &e), 0);
	CU_ASSERT_EQUAL(s.run_wall_ms, 1235);
}

static void
settings_set_refuses_a_name_that_is_not_in_the_table(void)
{
	static const char *const wrong[] = { "", "worker", "workerss",
		"Workers", "Service", "run_wall_ms ", "-" };
	struct settings s;
	struct err e;

	settings_defaults(&s);
	for (size_t i = 0; i < nitems(wrong); i++) {
		CU_ASSERT_EQUAL(settings_set(&s, wrong[i], "1", &e), -1);
		CU_ASSERT_EQUAL(e.code, ERR_MISSING);
	}
}

static void
settings_set_bounds_texts(void)
{
	char text[SETTINGS_TEXT_MAX + 1];

	memset(text, 'x', sizeof text);
	text[SETTINGS_TEXT_MAX - 1] = '\0';
	CU_ASSERT(is_taken("instance", text));
	text[SETTINGS_TEXT_MAX - 1] = 'x';
	text[SETTINGS_TEXT_MAX] = '\0';
	CU_ASSERT(is_refused("instance", text));
	CU_ASSERT(is_refused("instance", "a\nb"));
	CU_ASSERT(is_refused("instance", "a\177"));
}

static void
settings_set_knows_four_words_for_yes_and_no(void)
{
	CU_ASSERT(is_taken("listen_public", "true"));
	CU_ASSERT(is_taken("listen_public", "1"));
	CU_ASSERT(is_taken("listen_public", "false"));
	CU_ASSERT(is_taken("listen_public", "0"));
	CU_ASSERT(is_refused("listen_public", "yes"));
	CU_ASSERT(is_refused("listen_public", "True"));
	CU_ASSERT(is_refused("listen_public", ""));
}

static void
settings_choice_takes_its_words_and_no_others(void)
{
	static const char *const levels[] = { "debug", "info", "warn",
		"error" };
	static const char *const wrong[] = { "", "or", "loud", "Info", "inf",
		"infos", "info ", ",", "debug, info", "0", "warn or error" };
	struct settings s;
	struct err e;

	settings_defaults(&s);
	for (uint32_t i = 0; i < nitems(levels); i++) {
		CU_ASSERT_EQUAL(
		    settings_set(&s, "log_level", levels[i], &e), 0);
		CU_ASSERT_EQUAL(s.log_level, i);
	}
	for (size_t i = 0; i < nitems(wrong); i++)
		CU_ASSERT(is_refused("log_level", wrong[i]));
	CU_ASSERT_EQUAL(settings_set(&s, "reuse", "never", &e), 0);
	CU_ASSERT_EQUAL(s.reuse, REUSE_NEVER);
	CU_ASSERT_EQUAL(settings_set(&s, "reuse", "sometimes", &e), -1);
	CU_ASSERT(says(&e, "reuse is 'sometimes', expected always or never"));
	CU_ASSERT_EQUAL(s.reuse, REUSE_NEVER);
	CU_ASSERT_EQUAL(settings_set(&s, "reuse", "always", &e), 0);
	CU_ASSERT_EQUAL(s.reuse, REUSE_ALWAYS);
}

/* ---- a number for each language --------------------------------------- */

static void
settings_map_gives_each_language_its_number(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", "3,bash=2,c=7", &e), 0);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "python"), 3);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bash"), 2);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "c"), 7);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bas"), 3);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, ""), 3);
}

static void
settings_map_keeps_the_number_that_is_not_named(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", "bash=2", &e), 0);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "python"), 4);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", "9", &e), 0);
	/* A new value is a whole new value. */
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bash"), 9);
}

static void
settings_map_lets_the_last_of_two_count(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(
	    settings_set(&s, "pool_idle", "bash=2,bash=5,1", &e), 0);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bash"), 5);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "python"), 1);
}

static void
settings_map_refuses_what_is_malformed(void)
{
	static const char *const wrong[] = { "4,", ",4", "4,,bash=2", "4,=2",
		"4,bash=", "4,bash", "4,bash=0", "4,bash=1001", "4,bash=2x",
		"0,bash=2", "bash", "=", "4 ,bash=2",
		"4,a-language-name-that-is-longer-than-31=2" };

	for (size_t i = 0; i < nitems(wrong); i++)
		CU_ASSERT(is_refused("pool_idle", wrong[i]));
}

static void
settings_map_is_bounded(void)
{
	char text[1024] = "4";

	for (unsigned i = 0; i < SETTINGS_MAP_MAX; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    ",l%u=%u", i, i + 1);
	CU_ASSERT(is_taken("pool_idle", text));
	strncat(text, ",more=1", sizeof text - strlen(text) - 1);
	CU_ASSERT(is_refused("pool_idle", text));
}

static void
settings_map_is_untouched_by_a_refused_value(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", "3,bash=2", &e), 0);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", "5,bash=1,c=0", &e), -1);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "python"), 3);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bash"), 2);
}

/* ---- the file --------------------------------------------------------- */

static int
read_text_as_file(
    struct settings *s, const char *text, char *path, struct err *e)
{
	int fd, result;

	memcpy(path, "/tmp/sce-settings-XXXXXX", 25);
	fd = mkstemp(path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	settings_defaults(s);
	result = settings_read_file(s, path, e);
	unlink(path);
	return result;
}

static void
settings_file_sets_what_it_names(void)
{
	struct settings s;
	struct err e;
	char path[32];

	CU_ASSERT_EQUAL(
	    read_text_as_file(&s,
		"# a comment\n\n"
		"workers = 3\npool-idle=2,bash=1\nlisten =  0.0.0.0:80 \n",
		path, &e),
	    0);
	CU_ASSERT_EQUAL(s.workers, 3);
	CU_ASSERT_EQUAL(setting_for(&s.pool_idle, "bash"), 1);
	CU_ASSERT_STRING_EQUAL(s.listen, "0.0.0.0:80");
}

static void
settings_file_error_names_file_and_line(void)
{
	static const struct {
		const char *text, *line, *why;
	} wrong[] = {
		{ "workers = 3\n\nworker = 4\n", " line 3", "'worker'" },
		{ "workers = 300\nworker = 4\n", " line 1", "0 to 64" },
		{ "# x\nworkers\n", " line 2", "name = value" },
		{ "[pool]\nworkers = 3\n", " line 2", "no sections" },
	};

	for (size_t i = 0; i < nitems(wrong); i++) {
		struct settings s;
		struct err e = { 0 };
		char path[32];

		CU_ASSERT_EQUAL(
		    read_text_as_file(&s, wrong[i].text, path, &e), -1);
		CU_ASSERT(says(&e, path));
		CU_ASSERT(says(&e, wrong[i].line));
		CU_ASSERT(says(&e, wrong[i].why));
	}
}

static void
settings_file_that_is_missing_is_an_error(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	CU_ASSERT_EQUAL(settings_read_file(&s, "/nonexistent/x.conf", &e), -1);
	CU_ASSERT(says(&e, "/nonexistent/x.conf"));
	CU_ASSERT(says(&e, "No such file"));
}

/* ---- the environment -------------------------------------------------- */

static void
settings_env_sets_what_it_names(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	setenv("SCE_RUN_WALL_MS", "1234", 1);
	setenv("SCE_INSTANCE", "two", 1);
	CU_ASSERT_EQUAL(settings_read_env(&s, &e), 0);
	unsetenv("SCE_RUN_WALL_MS");
	unsetenv("SCE_INSTANCE");
	CU_ASSERT_EQUAL(s.run_wall_ms, 1234);
	CU_ASSERT_STRING_EQUAL(s.instance, "two");
	CU_ASSERT_EQUAL(s.run_cpu_ms, 10000);
}

static void
settings_env_error_names_the_variable(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	setenv("SCE_WORKERS", "many", 1);
	CU_ASSERT_EQUAL(settings_read_env(&s, &e), -1);
	unsetenv("SCE_WORKERS");
	CU_ASSERT(says(&e, "SCE_WORKERS"));
	CU_ASSERT(says(&e, "'many'"));
}

/* ---- together --------------------------------------------------------- */

static void
settings_check_refuses_a_default_above_its_maximum(void)
{
	static const struct {
		const char *name, *value;
	} wrong[] = {
		{ "run_wall_ms", "60001" },
		{ "run_cpu_ms", "60001" },
		{ "run_memory_mb", "1025" },
		{ "run_processes", "257" },
		{ "run_output_kb", "8193" },
		{ "http_code_kb", "8193" },
		{ "pool_idle", "17" },
		{ "pool_idle", "4,bash=17" },
		{ "pool_total", "3" },
		{ "pool_total", "16,bash=3" },
	};

	for (size_t i = 0; i < nitems(wrong); i++) {
		struct settings s;
		struct err e = { 0 };

		settings_defaults(&s);
		CU_ASSERT_EQUAL(
		    settings_set(&s, wrong[i].name, wrong[i].value, &e), 0);
		CU_ASSERT_EQUAL(settings_check(&s, &e), -1);
		CU_ASSERT(says(&e, "above"));
	}
}

static void
settings_check_takes_a_language_below_its_own_total(void)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	settings_set(&s, "pool_idle", "4,bash=20", &e);
	settings_set(&s, "pool_total", "16,bash=20", &e);
	CU_ASSERT_EQUAL(settings_check(&s, &e), 0);
}

static void
settings_check_refuses_words_that_mean_nothing(void)
{
	static const struct {
		const char *name, *value;
	} wrong[] = {
		{ "docker_host", "tcp://10.0.0.1:2375" },
		{ "docker_host", "unix://relative" },
		{ "docker_host", "/var/run/docker.sock" },
		{ "instance", "" },
		{ "instance", "a b" },
		{ "instance", "a/b" },
	};

	for (size_t i = 0; i < nitems(wrong); i++) {
		struct settings s;
		struct err e = { 0 };

		settings_defaults(&s);
		CU_ASSERT_EQUAL(
		    settings_set(&s, wrong[i].name, wrong[i].value, &e), 0);
		CU_ASSERT_EQUAL(settings_check(&s, &e), -1);
		CU_ASSERT(says(&e, wrong[i].name));
	}
}

static int
check_with_uids(const char *web, const char *worker, struct err *e)
{
	struct settings s;

	settings_defaults(&s);
	settings_set(&s, "web_uid", web, e);
	settings_set(&s, "worker_uid", worker, e);
	return settings_check(&s, e);
}

static void
settings_check_keeps_our_user_ids_from_the_containers(void)
{
	struct err e = { 0 };

	CU_ASSERT_EQUAL(check_with_uids("199999", "210000", &e), 0);
	CU_ASSERT_EQUAL(check_with_uids("200000", "199999", &e), -1);
	CU_ASSERT(says(&e, "web_uid is 200000"));
	CU_ASSERT_EQUAL(check_with_uids("199998", "209999", &e), -1);
	CU_ASSERT(says(&e, "worker_uid is 209999"));
	CU_ASSERT(says(&e, "uid_first is 200000"));
	CU_ASSERT_EQUAL(check_with_uids("7", "7", &e), -1);
	CU_ASSERT(says(&e, "both"));
}

/* ---- text ------------------------------------------------------------- */

static bool
survives_text(const struct settings *s)
{
	auto_free struct settings *back = malloc(sizeof *back);
	auto_free char *text = settings_to_text(s), *again = NULL;
	struct err e = { 0 };

	CU_ASSERT_FATAL(text != NULL && back != NULL);
	if (settings_from_text(back, text, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	again = settings_to_text(back);
	return again != NULL && strcmp(text, again) == 0;
}

static void
settings_text_gives_every_value_back(void)
{
	struct settings s;
	struct err e;
	char text[24];

	settings_defaults(&s);
	CU_ASSERT(survives_text(&s));
	for (size_t i = 0; i < nitems(numbers); i++) {
		snprintf(text, sizeof text, "%u", numbers[i].max);
		CU_ASSERT_EQUAL(settings_set(&s, numbers[i].name, text, &e), 0);
	}
	settings_set(&s, "listen_public", "true", &e);
	settings_set(&s, "pool_idle", "7,python=3,c=1", &e);
	CU_ASSERT(survives_text(&s));
}

static void
settings_text_gives_the_longest_values_back(void)
{
	struct settings s;
	struct err e;
	char text[1024];

	settings_defaults(&s);
	memset(text, 'h', sizeof text);
	text[SETTINGS_TEXT_MAX - 1] = '\0';
	CU_ASSERT_EQUAL(settings_set(&s, "allowed_hosts", text, &e), 0);
	CU_ASSERT(survives_text(&s));

	settings_defaults(&s);
	snprintf(text, sizeof text, "4");
	for (unsigned i = 0; i < SETTINGS_MAP_MAX; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    ",language-of-some-name-%u=1000", i);
	CU_ASSERT_EQUAL(settings_set(&s, "pool_idle", text, &e), 0);
	CU_ASSERT(survives_text(&s));
}

static void
settings_text_gives_odd_characters_back(void)
{
	static const char *const odd[] = { "a=b", "a = b", "a;b", "a ; b",
		"a#b", "a # b", "a:b", "[a]", " a ", ";", "a\"b", "#a", "a b",
		"\303\251" };

	for (size_t i = 0; i < nitems(odd); i++) {
		struct settings s;
		struct err e;

		settings_defaults(&s);
		CU_ASSERT_EQUAL(
		    settings_set(&s, "languages_dir", odd[i], &e), 0);
		CU_ASSERT(survives_text(&s));
	}
}

/* ---- for people ------------------------------------------------------- */

static char *
printed_by(void (*print)(FILE *to))
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	CU_ASSERT_FATAL(to != NULL);
	print(to);
	fclose(to);
	return text;
}

static void
every_setting_is_printed(
    void (*print)(FILE *to), const char *before, const char *after)
{
	auto_free char *text = printed_by(print);

	for (size_t i = 0; i < nitems(names); i++) {
		char part[96];

		snprintf(
		    part, sizeof part, "\n%s%s%s", before, names[i], after);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
	}
}

static void
settings_help_has_every_row(void)
{
	every_setting_is_printed(settings_print_help, "  --", "=");
}

static void
settings_sample_has_every_row(void)
{
	every_setting_is_printed(settings_print_sample, "#", " = ");
}

static void
settings_markdown_has_every_row(void)
{
	every_setting_is_printed(settings_print_markdown, "| `", "` | ");
}

/* "#name = value" becomes "name = value"; "# words" stays a comment. */
static void
settings_sample_is_a_file_of_the_defaults(void)
{
	auto_free char *sample = printed_by(settings_print_sample);
	auto_free char *defaults = NULL, *read = NULL;
	struct settings s;
	struct err e = { 0 };
	char path[32];

	for (char *p = sample; (p = strstr(p, "\n#")) != NULL; p++)
		if (p[2] != ' ')
			p[1] = ' ';
	/* An indented line would go on with the line before: align it. */
	for (char *p = sample; (p = strstr(p, "\n ")) != NULL;)
		memmove(p + 1, p + 2, strlen(p + 2) + 1);
	settings_defaults(&s);
	defaults = settings_to_text(&s);
	CU_ASSERT_EQUAL(read_text_as_file(&s, sample, path, &e), 0);
	read = settings_to_text(&s);
	CU_ASSERT_STRING_EQUAL(read, defaults);
}

void
add_settings_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(settings_defaults_equal_the_table),
		TEST_ROW(settings_defaults_are_correct_together),
		TEST_ROW(settings_set_takes_both_ends_of_every_range),
		TEST_ROW(settings_set_refuses_what_is_beyond_any_range),
		TEST_ROW(settings_set_refuses_what_is_no_whole_number),
		TEST_ROW(settings_set_names_the_range_it_expected),
		TEST_ROW(settings_set_takes_dashes_for_underscores),
		TEST_ROW(settings_set_refuses_a_name_that_is_not_in_the_table),
		TEST_ROW(settings_set_bounds_texts),
		TEST_ROW(settings_set_knows_four_words_for_yes_and_no),
		TEST_ROW(settings_choice_takes_its_words_and_no_others),
		TEST_ROW(settings_map_gives_each_language_its_number),
		TEST_ROW(settings_map_keeps_the_number_that_is_not_named),
		TEST_ROW(settings_map_lets_the_last_of_two_count),
		TEST_ROW(settings_map_refuses_what_is_malformed),
		TEST_ROW(settings_map_is_bounded),
		TEST_ROW(settings_map_is_untouched_by_a_refused_value),
		TEST_ROW(settings_file_sets_what_it_names),
		TEST_ROW(settings_file_error_names_file_and_line),
		TEST_ROW(settings_file_that_is_missing_is_an_error),
		TEST_ROW(settings_env_sets_what_it_names),
		TEST_ROW(settings_env_error_names_the_variable),
		TEST_ROW(settings_check_refuses_a_default_above_its_maximum),
		TEST_ROW(settings_check_takes_a_language_below_its_own_total),
		TEST_ROW(settings_check_refuses_words_that_mean_nothing),
		TEST_ROW(settings_check_keeps_our_user_ids_from_the_containers),
		TEST_ROW(settings_text_gives_every_value_back),
		TEST_ROW(settings_text_gives_the_longest_values_back),
		TEST_ROW(settings_text_gives_odd_characters_back),
		TEST_ROW(settings_help_has_every_row),
		TEST_ROW(settings_sample_has_every_row),
		TEST_ROW(settings_markdown_has_every_row),
		TEST_ROW(settings_sample_is_a_file_of_the_defaults),
	};

	suite_add("settings", tests, nitems(tests));
}
