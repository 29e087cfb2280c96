/*
 * web/selftest_report.c -- the self-test as GET /admin/self-test shows it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "web/known_bad.h"
#include "web/selftest.h"

/* ---- versions --------------------------------------------------------- */

static const char *
text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
put_version(
    json_t *versions, const char *name, const char *version, const char *build)
{
	if (version != NULL)
		json_object_set_new(versions, name,
		    json_pack(
			"{s:s, s:s?}", "version", version, "build", build));
}

/* "Engine" is Docker's name for itself. */
static void
put_component(json_t *versions, const json_t *component)
{
	const char *said = text(component, "name");
	char name[32];
	size_t n = 0;

	if (said == NULL)
		return;
	for (; said[n] != '\0' && n < sizeof name - 1; n++)
		name[n] = (char)tolower((unsigned char)said[n]);
	name[n] = '\0';
	put_version(versions, strcmp(name, "engine") == 0 ? "docker" : name,
	    text(component, "version"), text(component, "build"));
}

/* How far it is patched: what Debian calls it, else what it calls itself. */
static void
put_kernel(json_t *versions, const json_t *engine, const json_t *service)
{
	const json_t *ours = json_object_get(service, "kernel");
	const char *release = text(engine, "kernel");
	const char *own = text(ours, "release");
	const char *build = text(ours, "build");
	char version[128];

	if (release == NULL)
		release = own;
	if (release == NULL)
		return;
	/* An engine in a machine of its own has a kernel of its own. */
	if (own == NULL || build == NULL || strcmp(own, release) != 0)
		build = "";
	if (known_bad_kernel(release, build, version, sizeof version))
		put_version(versions, "kernel", version, version);
	else
		json_object_set_new(versions, "kernel",
		    json_pack("{s:n, s:n}", "version", "build"));
	json_object_set_new(json_object_get(versions, "kernel"), "release",
	    json_string(release));
}

static json_t *
versions_of(const json_t *engine, const json_t *service)
{
	const json_t *components = json_object_get(engine, "components");
	json_t *versions = json_object();

	put_kernel(versions, engine, service);
	put_version(versions, "docker", text(engine, "version"), NULL);
	for (size_t i = 0; i < json_array_size(components); i++)
		put_component(versions, json_array_get(components, i));
	return versions;
}

/* ---- the machine ------------------------------------------------------ */

/* null: nothing is known. */
static json_t *
has_apparmor(const json_t *engine)
{
	static const char mark[] = "name=apparmor";
	const json_t *options = json_object_get(engine, "security_options");

	if (options == NULL)
		return json_null();
	for (size_t i = 0; i < json_array_size(options); i++) {
		const char *one = json_string_value(json_array_get(options, i));

		if (one != NULL && strncmp(one, mark, strlen(mark)) == 0)
			return json_true();
	}
	return json_false();
}

static json_t *
or_null(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return value ? json_incref(value) : json_null();
}

/* {"python": {"walled", "problem"}}, as the pool has it of its runners. */
static json_t *
inner_wall(const json_t *pool)
{
	json_t *languages = json_object_get(pool, "languages");
	json_t *walls = json_object(), *one;
	const char *name;

	json_object_foreach(languages, name, one)
		json_object_set_new(walls, name,
		    json_pack("{s:o, s:o}", "walled", or_null(one, "walled"),
			"problem", or_null(one, "wall_problem")));
	return walls;
}

static void
put_machine(json_t *report, const json_t *pool, const json_t *service)
{
	const json_t *engine = json_object_get(pool, "engine");
	json_t *versions = versions_of(engine, service);

	json_object_set_new(report, "warnings", known_bad_warnings(versions));
	json_object_set_new(report, "versions", versions);
	json_object_set_new(report, "machine",
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "system",
		or_null(engine, "system"), "cgroup_version",
		or_null(engine, "cgroup_version"), "cgroup_driver",
		or_null(engine, "cgroup_driver"), "runtime",
		or_null(engine, "default_runtime"), "api_version",
		or_null(engine, "api_version"), "apparmor",
		has_apparmor(engine), "inner_wall", inner_wall(pool)));
}

/* ---- the attacks ------------------------------------------------------ */

static const char *const state_names[] = {
	[SELFTEST_NEVER] = "never",
	[SELFTEST_RUNNING] = "running",
	[SELFTEST_DONE] = "done",
	[SELFTEST_ABORTED] = "aborted",
};

/* {"seccomp": {"stopped": 30, "not_stopped": 0}, ...}; not what was skipped */
static json_t *
by_wall(const json_t *results)
{
	json_t *walls = json_object();

	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *one = json_array_get(results, i);
		const char *name = text(one, "wall");
		const char *key = json_is_true(
				      json_object_get(one, "stopped")) ?
		    "stopped" :
		    "not_stopped";
		json_t *wall = json_object_get(walls, name);

		if (strcmp(text(one, "verdict"), "skipped") == 0)
			continue;
		if (wall == NULL) {
			wall = json_pack(
			    "{s:i, s:i}", "stopped", 0, "not_stopped", 0);
			json_object_set_new(walls, name, wall);
		}
		json_object_set_new(wall, key,
		    json_integer(
			json_integer_value(json_object_get(wall, key)) + 1));
	}
	return walls;
}

json_t *
selftest_report(
    const struct selftest *test, const json_t *pool, const json_t *service)
{
	bool running = test->state == SELFTEST_RUNNING;
	json_t *count = json_object(), *report;

	for (unsigned i = 0; i < JUDGED_NJUDGEMENTS; i++)
		json_object_set_new(count, judgement_name(i),
		    json_integer((json_int_t)test->count[i]));
	/* clang-format off */
	report = json_pack("{s:s, s:s?, s:I, s:I, s:I, s:I, s:s?, s:o, s:o, s:O}",
	    "state", state_names[test->state],
	    "why", test->why[0] ? test->why : NULL,
	    "started_at", (json_int_t)test->started_at,
	    "ms", (json_int_t)((running ? clock_us() - test->started_us :
		test->took_us) / 1000),
	    "total", (json_int_t)test->total,
	    "done", (json_int_t)json_array_size(test->results),
	    "now", running && test->at < test->attacks.n ?
		test->attacks.all[test->at].name : NULL,
	    "count", count,
	    "walls", by_wall(test->results),
	    "attacks", test->results);
	/* clang-format on */
	if (report != NULL)
		put_machine(report, pool, service);
	return report;
}
