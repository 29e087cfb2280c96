/*
 * supervisor/selftest_print.c -- the self-test's report, for a terminal.
 *
 * Whatever a text of the service holds, only printable characters are shown.
 */
#include <stdio.h>
#include <string.h>

#include "common/version_order.h"
#include "supervisor/installed.h"
#include "supervisor/selftest.h"

#define COLUMNS 79

static const char *
text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "?";
}

static long long
number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* The words, from this column on, further lines as far to the right. */
static void
print_words(size_t indent, const char *words)
{
	size_t column = indent;

	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (column > indent && column + 1 + n > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		for (size_t i = 0; i < n; i++)
			putchar(
			    words[i] > ' ' && words[i] <= '~' ? words[i] : '?');
		column += n;
		words += n;
		words += strspn(words, " ");
	}
	putchar('\n');
}

/* ---- attacks ---------------------------------------------------------- */

/* "seccomp: mount umount2" */
static void
print_wall(size_t indent, const json_t *attack)
{
	const json_t *rule = json_object_get(attack, "rule");
	char words[1024];
	size_t n = (size_t)snprintf(words, sizeof words, "%.60s%s",
	    text(attack, "wall"), json_array_size(rule) ? ":" : "");

	for (size_t i = 0; i < json_array_size(rule) && n < sizeof words; i++) {
		const char *call = json_string_value(json_array_get(rule, i));

		n += (size_t)snprintf(
		    words + n, sizeof words - n, " %s", call ? call : "?");
	}
	print_words(indent, words);
}

void
selftest_print_attack(const json_t *attack)
{
	const char *verdict = text(attack, "verdict");

	if (strcmp(verdict, "escaped") == 0)
		verdict = "ESCAPED";
	printf("%-8.8s %-22.40s ", verdict, text(attack, "name"));
	print_wall(32, attack);
	if (json_is_string(json_object_get(attack, "why"))) {
		printf("%9s", "");
		print_words(9, text(attack, "why"));
	}
}

static void
print_walls(const json_t *report)
{
	json_t *walls = json_object_get(report, "walls");
	const char *name;
	json_t *wall;

	printf("\n%-12s %8s %12s\n", "wall", "stopped", "not stopped");
	json_object_foreach(walls, name, wall)
		printf("%-12.12s %8lld %12lld\n", name, number(wall, "stopped"),
		    number(wall, "not_stopped"));
}

/* ---- the machine ------------------------------------------------------ */

static void
print_fact(const char *name, const char *words)
{
	printf("%-12s ", name);
	print_words(13, words);
}

static void
print_version(const json_t *versions, const char *component)
{
	const json_t *of = json_object_get(versions, component);
	const char *build = json_string_value(json_object_get(of, "build"));
	char words[300];

	if (of == NULL)
		return;
	snprintf(words, sizeof words, "%.100s%s%.100s%s", text(of, "version"),
	    build ? " (" : "", build ? build : "", build ? ")" : "");
	print_fact(component, words);
}

static void
print_kernel(const json_t *versions)
{
	const json_t *kernel = json_object_get(versions, "kernel");
	const char *version = text(kernel, "version");
	const char *release = text(kernel, "release");
	char words[300];

	if (strcmp(version, release) == 0)
		snprintf(words, sizeof words, "%.100s", release);
	else if (strcmp(version, "?") == 0)
		snprintf(words, sizeof words,
		    "%.100s (how far its distribution has patched it is not "
		    "known)",
		    release);
	else
		snprintf(words, sizeof words, "%.100s (Debian %.100s)", release,
		    version);
	print_fact("kernel", words);
}

static void
print_inner_wall(const json_t *machine)
{
	json_t *languages = json_object_get(machine, "inner_wall"), *one;
	const char *name;
	char words[600];

	json_object_foreach(languages, name, one) {
		const json_t *walled = json_object_get(one, "walled");
		const char *said = json_is_true(walled) ? "in force" :
		    json_is_false(walled)               ? "NOT in force: " :
							  "not known";

		snprintf(words, sizeof words, "%.32s: %s%.500s", name, said,
		    json_is_false(walled) ? text(one, "problem") : "");
		print_fact("inner wall", words);
	}
}

static void
print_machine(const json_t *report)
{
	const json_t *versions = json_object_get(report, "versions");
	const json_t *machine = json_object_get(report, "machine");
	const json_t *apparmor = json_object_get(machine, "apparmor");
	char words[300];

	putchar('\n');
	print_fact("system", text(machine, "system"));
	print_kernel(versions);
	print_version(versions, "docker");
	print_version(versions, "containerd");
	print_version(versions, "runc");
	print_fact("runtime", text(machine, "runtime"));
	snprintf(words, sizeof words, "v%.20s, %.60s",
	    text(machine, "cgroup_version"), text(machine, "cgroup_driver"));
	print_fact("cgroup", words);
	print_fact("AppArmor",
	    json_is_true(apparmor)      ? "on" :
		json_is_false(apparmor) ? "off" :
					  "not known");
	print_inner_wall(machine);
}

/* ---- warnings --------------------------------------------------------- */

/* Has the distribution patched what this host runs? */
static bool
is_patched(const json_t *warning)
{
	const char *patched = json_string_value(
	    json_object_get(warning, "patched_package"));
	char installed[128];

	return patched != NULL &&
	    installed_version(INSTALLED_LIST, text(warning, "component"),
		installed, sizeof installed) &&
	    version_same_upstream(installed, text(warning, "version")) &&
	    version_same_upstream(installed, patched) &&
	    version_compare(installed, patched) >= 0;
}

static void
print_warnings(const json_t *report)
{
	const json_t *warnings = json_object_get(report, "warnings");
	char words[2048];

	for (size_t i = 0; i < json_array_size(warnings); i++) {
		const json_t *one = json_array_get(warnings, i);

		if (is_patched(one))
			continue;
		snprintf(words, sizeof words,
		    "%.40s %.100s: %.200s, fixed in %.100s: %.1000s. %.300s.",
		    text(one, "component"), text(one, "version"),
		    text(one, "names"), text(one, "fixed_in"), text(one, "why"),
		    text(one, "note"));
		printf("\nwarning: ");
		print_words(9, words);
	}
}

/* ---- the end ---------------------------------------------------------- */

int
selftest_print_end(const json_t *report)
{
	const json_t *count = json_object_get(report, "count");
	long long stopped = number(count, "stopped");
	long long escaped = number(count, "escaped");
	long long unclear = number(count, "unclear");
	long long error = number(count, "error");
	bool done = strcmp(text(report, "state"), "done") == 0;
	bool held = done && stopped > 0 && escaped + unclear + error == 0;

	print_walls(report);
	print_machine(report);
	print_warnings(report);
	printf("\n%lld attacks: %lld stopped, %lld escaped, %lld unclear, "
	       "%lld errors, %lld skipped\n",
	    number(report, "total"), stopped, escaped, unclear, error,
	    number(count, "skipped"));
	if (!done)
		printf("The self-test was ended: %s\n", text(report, "why"));
	puts(held                     ? "All walls held." :
		escaped + unclear > 0 ? "NOT ALL WALLS HELD." :
					"Not all walls are known to hold.");
	return held ? SELFTEST_EXIT_STOPPED : SELFTEST_EXIT_NOT_STOPPED;
}
