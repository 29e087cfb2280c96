#include "pool/facts.h"

#include <stdio.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "pool/pool.h"

/* More than any engine says. */
#define COMPONENTS_MAX 16
#define OPTIONS_MAX    32
#define TEXT_MAX       256

/* Their name for it, and ours. */
struct fact {
	const char *said, *ours;
};

/* A text of bounded length; null for anything else. */
static json_t *
text_of(const json_t *value)
{
	if (!json_is_string(value) || json_string_length(value) == 0 ||
	    json_string_length(value) > TEXT_MAX)
		return json_null();
	return json_string(json_string_value(value));
}

static void
take_texts(
    json_t *facts, const json_t *said, const struct fact *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_object_set_new(facts, wanted[i].ours,
		    text_of(json_object_get(said, wanted[i].said)));
}

/* Debian puts its package's version where others have a commit. */
static json_t *
component(const json_t *said)
{
	const json_t *details = json_object_get(said, "Details");

	return json_pack("{s:o, s:o, s:o}", "name",
	    text_of(json_object_get(said, "Name")), "version",
	    text_of(json_object_get(said, "Version")), "build",
	    text_of(json_object_get(details, "GitCommit")));
}

void
facts_take_version(json_t *facts, const json_t *said)
{
	static const struct fact wanted[] = {
		{ "Version", "version" },
		{ "ApiVersion", "api_version" },
		{ "KernelVersion", "kernel" },
	};
	const json_t *all = json_object_get(said, "Components");
	json_t *components = json_array();

	take_texts(facts, said, wanted, nitems(wanted));
	for (size_t i = 0; i < json_array_size(all) && i < COMPONENTS_MAX; i++)
		json_array_append_new(
		    components, component(json_array_get(all, i)));
	json_object_set_new(facts, "components", components);
}

void
facts_take_info(json_t *facts, const json_t *said)
{
	static const struct fact wanted[] = {
		{ "OperatingSystem", "system" },
		{ "CgroupVersion", "cgroup_version" },
		{ "CgroupDriver", "cgroup_driver" },
		{ "DefaultRuntime", "default_runtime" },
	};
	const json_t *all = json_object_get(said, "SecurityOptions");
	json_t *options = json_array();

	take_texts(facts, said, wanted, nitems(wanted));
	for (size_t i = 0; i < json_array_size(all) && i < OPTIONS_MAX; i++)
		json_array_append_new(options, text_of(json_array_get(all, i)));
	json_object_set_new(facts, "security_options", options);
}

static void
take(struct pool *pool, const struct docker_answer *answer,
    void (*put)(json_t *facts, const json_t *said))
{
	auto_json json_t *said = json_loadb(answer->body, answer->len, 0, NULL);

	if (answer->status == 200 && json_is_object(said))
		put(pool->facts, said);
}

static void
on_version(void *arg, const struct docker_answer *answer)
{
	take(arg, answer, facts_take_version);
}

static void
on_info(void *arg, const struct docker_answer *answer)
{
	take(arg, answer, facts_take_info);
}

void
facts_ask(struct pool *pool)
{
	if (pool->facts == NULL)
		pool->facts = json_object();
	docker_call(pool->docker, "GET", "/version", NULL, on_version, pool);
	docker_call(pool->docker, "GET", "/info", NULL, on_info, pool);
}
