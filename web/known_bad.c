#include "web/known_bad.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/version_order.h"

/* What is the same in several rows: each line of releases has a row. */
#define RUNC_2025 "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881"
#define RUNC_2025_WHY                                                       \
	"a race while a container is made leads runc's writes astray; it "  \
	"takes an image, a volume or a terminal that the attacker set up. " \
	"Here nobody chooses those, runc masks no path, and no program "    \
	"runs while its container is made: not known to be usable here"
#define DIRTY_PIPE "CVE-2022-0847 (Dirty Pipe)"
#define DIRTY_PIPE_WHY                                                     \
	"a program can write to files that it may only read, such as the " \
	"images that programs share"
#define STACK_ROT "CVE-2023-3269 (StackRot)"
#define STACK_ROT_WHY                                                   \
	"a program can take over the kernel by a race in the growth of" \
	" its stack; no wall of ours stops that"

/* clang-format off */
const struct known_bad known_bad[] = {
	{ "runc", NULL, "1.1.12", "1.1.5+ds1-1+deb12u1", "CVE-2024-21626",
	  "a descriptor of the host's files leaks into what runc starts; it "
	  "takes a working directory that the attacker chose. Here nobody "
	  "chooses it, and the runner closes all descriptors before a program "
	  "starts: not known to be usable here" },
	{ "runc", NULL, "1.2.8", NULL, RUNC_2025, RUNC_2025_WHY },
	{ "runc", "1.3.0-rc.1", "1.3.3", NULL, RUNC_2025, RUNC_2025_WHY },
	{ "runc", "1.4.0-rc.1", "1.4.0-rc.3", NULL, RUNC_2025, RUNC_2025_WHY },
	{ "kernel", "5.8", "5.10.102", "5.10.92-2",
	  DIRTY_PIPE, DIRTY_PIPE_WHY },
	{ "kernel", "5.11", "5.15.25", NULL, DIRTY_PIPE, DIRTY_PIPE_WHY },
	{ "kernel", "5.16", "5.16.11", NULL, DIRTY_PIPE, DIRTY_PIPE_WHY },
	{ "kernel", "6.1", "6.1.37", NULL, STACK_ROT, STACK_ROT_WHY },
	{ "kernel", "6.2", "6.3.11", NULL, STACK_ROT, STACK_ROT_WHY },
	{ "kernel", "6.4", "6.4.1", NULL, STACK_ROT, STACK_ROT_WHY },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

/* What Debian patched without a new version of upstream's. */
static bool
is_patched(const struct known_bad *row, const char *build)
{
	return row->patched != NULL && build != NULL &&
	    version_same_upstream(build, row->patched) &&
	    version_compare(build, row->patched) >= 0;
}

static bool
is_bad(const struct known_bad *row, const char *version, const char *build)
{
	return (row->from == NULL ||
		   version_compare(version, row->from) >= 0) &&
	    version_compare(version, row->before) < 0 &&
	    !is_patched(row, build);
}

static json_t *
warning(const struct known_bad *row, const char *version)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:s}", "component",
	    row->component, "version", version, "names", row->names, "fixed_in",
	    row->before, "patched_package", row->patched, "why", row->why,
	    "note",
	    "Its distribution may have patched it without a new version");
}

json_t *
known_bad_warnings(const json_t *versions)
{
	json_t *warnings = json_array();

	for (const struct known_bad *row = known_bad; row->component; row++) {
		const json_t *of = json_object_get(versions, row->component);
		const char *version = json_string_value(
		    json_object_get(of, "version"));
		const char *build = json_string_value(
		    json_object_get(of, "build"));

		if (version != NULL && is_bad(row, version, build))
			json_array_append_new(warnings, warning(row, version));
	}
	return warnings;
}

bool
known_bad_kernel(
    const char *release, const char *build, char *ret_version, size_t size)
{
	static const char mark[] = "Debian ";
	const char *said = strstr(build, mark);
	size_t n = strspn(release, "0123456789.");

	if (said != NULL && isdigit((unsigned char)said[sizeof mark - 1])) {
		said += sizeof mark - 1;
		snprintf(
		    ret_version, size, "%.*s", (int)strcspn(said, " "), said);
		return true;
	}
	/* "5.15.0-91-generic": the third number stands still. */
	if (release[n] != '\0' && n >= 2 && release[n - 1] == '0' &&
	    release[n - 2] == '.')
		return false;
	snprintf(ret_version, size, "%s", release);
	return n > 0;
}
