/*
 * tests/unit/test_spec.c -- the outer wall as Docker gets it, pool/spec.c.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/lease.h"
#include "pool/spec.h"
#include "tests/unit/suites.h"

#define MIB_BYTES (1024 * 1024)

static struct settings settings;
static const struct language language = {
	.name = (char *)(uintptr_t) "python",
	.image = (char *)(uintptr_t) "safe-code-executor/python:0123",
};

static json_t *
make_spec_with(const char *apparmor, bool masked)
{
	const struct spec wanted = {
		.language = &language,
		.uid = 200007,
		.owner = "owner/label",
		.seccomp = "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}",
		.apparmor = apparmor,
		.masked = masked,
	};
	auto_free char *text = NULL;
	json_t *spec;

	settings_defaults(&settings);
	text = spec_create(&settings, &wanted);
	CU_ASSERT_FATAL(text != NULL);
	spec = json_loads(text, 0, NULL);
	CU_ASSERT_FATAL(spec != NULL);
	return spec;
}

static json_t *
make_spec(void)
{
	return make_spec_with(NULL, false);
}

static const char *
text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? text : "(none)";
}

static json_int_t
number_of(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_integer(v) ? json_integer_value(v) : -12345;
}

static bool
is_true(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

static bool
is_false(const json_t *o, const char *name)
{
	return json_is_false(json_object_get(o, name));
}

static bool
list_has(const json_t *list, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	return false;
}

static void
spec_names_image_user_and_labels(void)
{
	json_t *spec = make_spec();
	const json_t *labels = json_object_get(spec, "Labels");

	CU_ASSERT_STRING_EQUAL(
	    text_of(spec, "Image"), "safe-code-executor/python:0123");
	CU_ASSERT_STRING_EQUAL(text_of(spec, "User"), "200007:200007");
	CU_ASSERT_STRING_EQUAL(text_of(labels, LABEL_INSTANCE), "main");
	CU_ASSERT_STRING_EQUAL(text_of(labels, LABEL_OWNER), "owner/label");
	CU_ASSERT_STRING_EQUAL(text_of(labels, LABEL_LANGUAGE), "python");
	json_decref(spec);
}

static void
spec_has_no_way_out(void)
{
	json_t *spec = make_spec();
	const json_t *host = json_object_get(spec, "HostConfig");

	CU_ASSERT_STRING_EQUAL(text_of(host, "NetworkMode"), "none");
	CU_ASSERT_TRUE(is_true(spec, "NetworkDisabled"));
	CU_ASSERT_TRUE(is_false(host, "PublishAllPorts"));
	CU_ASSERT_STRING_EQUAL(text_of(host, "IpcMode"), "private");
	CU_ASSERT_STRING_EQUAL(text_of(host, "CgroupnsMode"), "private");
	CU_ASSERT_STRING_EQUAL(
	    text_of(json_object_get(host, "LogConfig"), "Type"), "none");
	json_decref(spec);
}

static void
spec_takes_every_right_away(void)
{
	json_t *spec = make_spec();
	const json_t *host = json_object_get(spec, "HostConfig");
	const json_t *options = json_object_get(host, "SecurityOpt");

	CU_ASSERT_TRUE(is_false(host, "Privileged"));
	CU_ASSERT_TRUE(is_true(host, "ReadonlyRootfs"));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(host, "CapDrop")), 1);
	CU_ASSERT_TRUE(list_has(json_object_get(host, "CapDrop"), "ALL"));
	CU_ASSERT_PTR_NULL(json_object_get(host, "CapAdd"));
	CU_ASSERT_TRUE(list_has(options, "no-new-privileges:true"));
	CU_ASSERT_TRUE(list_has(
	    options, "seccomp={\"defaultAction\": \"SCMP_ACT_ERRNO\"}"));
	CU_ASSERT_EQUAL(json_array_size(options), 2);
	json_decref(spec);
}

static void
spec_names_the_apparmor_profile_if_there_is_one(void)
{
	json_t *spec = make_spec_with("safe-code-executor", false);
	const json_t *options = json_object_get(
	    json_object_get(spec, "HostConfig"), "SecurityOpt");

	CU_ASSERT_TRUE(list_has(options, "apparmor=safe-code-executor"));
	CU_ASSERT_EQUAL(json_array_size(options), 3);
	json_decref(spec);
}

static void
spec_shares_nothing_of_the_host(void)
{
	static const char *const shared[] = { "Binds", "Mounts", "VolumesFrom",
		"Devices", "DeviceRequests", "DeviceCgroupRules", "PidMode",
		"UsernsMode", "UTSMode", "GroupAdd", "Links", "PortBindings",
		"CgroupParent", "Sysctls", "Runtime" };
	json_t *spec = make_spec();
	const json_t *host = json_object_get(spec, "HostConfig");

	for (size_t i = 0; i < nitems(shared); i++)
		CU_ASSERT_PTR_NULL(json_object_get(host, shared[i]));
	CU_ASSERT_PTR_NULL(json_object_get(spec, "Volumes"));
	CU_ASSERT_PTR_NULL(json_object_get(spec, "Env"));
	CU_ASSERT_PTR_NULL(json_object_get(spec, "ExposedPorts"));
	json_decref(spec);
}

static void
spec_limits_memory_processes_and_cpu(void)
{
	json_t *spec = make_spec();
	const json_t *host = json_object_get(spec, "HostConfig");
	const json_t *core = json_array_get(
	    json_object_get(host, "Ulimits"), 0);

	CU_ASSERT_EQUAL(number_of(host, "Memory"), 256 * MIB_BYTES);
	/* Memory and swap together: equal is none. */
	CU_ASSERT_EQUAL(number_of(host, "MemorySwap"), 256 * MIB_BYTES);
	CU_ASSERT_EQUAL(number_of(host, "PidsLimit"), 64 + LEASE_OWN_PROCESSES);
	CU_ASSERT_EQUAL(number_of(host, "NanoCpus"), 1000000000);
	CU_ASSERT_EQUAL(number_of(host, "ShmSize"), 64 * MIB_BYTES);
	CU_ASSERT_STRING_EQUAL(text_of(core, "Name"), "core");
	CU_ASSERT_EQUAL(number_of(core, "Soft"), 1);
	CU_ASSERT_EQUAL(number_of(core, "Hard"), 1);
	json_decref(spec);
}

static void
spec_lets_two_places_be_written_of_bounded_size(void)
{
	static const char *const wanted[] = { "nosuid", "nodev", "size=64m",
		"nr_inodes=16384" };
	json_t *spec = make_spec();
	const json_t *tmpfs = json_object_get(
	    json_object_get(spec, "HostConfig"), "Tmpfs");

	CU_ASSERT_EQUAL(json_object_size(tmpfs), 2);
	for (size_t i = 0; i < nitems(wanted); i++) {
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(text_of(tmpfs, "/tmp"), wanted[i]));
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(text_of(tmpfs, "/home/sandbox"), wanted[i]));
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(tmpfs, "/home/sandbox"),
	    "mode=0700,uid=200007,gid=200007"));
	json_decref(spec);
}

/* An empty list is no masks; Docker's own are where there is no list. */
static void
spec_has_dockers_masks_only_without_a_wall(void)
{
	static const char *const lists[] = { "MaskedPaths", "ReadonlyPaths" };

	for (int masked = 0; masked <= 1; masked++) {
		json_t *spec = make_spec_with(NULL, masked);
		const json_t *host = json_object_get(spec, "HostConfig");

		for (size_t i = 0; i < nitems(lists); i++) {
			const json_t *list = json_object_get(host, lists[i]);

			CU_ASSERT_EQUAL(list == NULL, masked);
			CU_ASSERT_EQUAL(json_array_size(list), 0);
		}
		json_decref(spec);
	}
}

/* The largest numbers of the table do not turn negative on the way. */
static void
spec_takes_the_largest_limits(void)
{
	const struct spec wanted = {
		.language = &language,
		.uid = 2001000000,
		.owner = "o",
		.seccomp = "{}",
	};
	auto_free char *text = NULL;
	const json_t *host;
	json_t *spec;

	settings_defaults(&settings);
	settings.run_memory_mb = 1048576;
	settings.run_cpus_percent = 25600;
	settings.run_tmp_mb = 65536;
	text = spec_create(&settings, &wanted);
	spec = json_loads(text, 0, NULL);
	CU_ASSERT_FATAL(spec != NULL);
	host = json_object_get(spec, "HostConfig");
	CU_ASSERT_EQUAL(number_of(host, "Memory"), 1ll << 40);
	CU_ASSERT_EQUAL(number_of(host, "NanoCpus"), 256000000000);
	CU_ASSERT_EQUAL(number_of(host, "ShmSize"), 64ll << 30);
	CU_ASSERT_STRING_EQUAL(text_of(spec, "User"), "2001000000:2001000000");
	json_decref(spec);
}

static void
spec_exec_attaches_all_three_streams_without_a_terminal(void)
{
	struct settings s;
	auto_free char *text = NULL;
	json_t *spec;

	settings_defaults(&s);
	text = spec_exec(&s);
	spec = json_loads(text, 0, NULL);

	CU_ASSERT_FATAL(spec != NULL);
	CU_ASSERT_TRUE(is_true(spec, "AttachStdin"));
	CU_ASSERT_TRUE(is_true(spec, "AttachStdout"));
	CU_ASSERT_TRUE(is_true(spec, "AttachStderr"));
	CU_ASSERT_TRUE(is_false(spec, "Tty"));
	CU_ASSERT_FALSE(is_true(spec, "Privileged"));
	CU_ASSERT_PTR_NULL(json_object_get(spec, "User"));
	CU_ASSERT_TRUE(list_has(json_object_get(spec, "Cmd"), "serve"));
	json_decref(spec);
}

void
add_spec_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(spec_names_image_user_and_labels),
		TEST_ROW(spec_has_no_way_out),
		TEST_ROW(spec_takes_every_right_away),
		TEST_ROW(spec_names_the_apparmor_profile_if_there_is_one),
		TEST_ROW(spec_shares_nothing_of_the_host),
		TEST_ROW(spec_limits_memory_processes_and_cpu),
		TEST_ROW(spec_lets_two_places_be_written_of_bounded_size),
		TEST_ROW(spec_has_dockers_masks_only_without_a_wall),
		TEST_ROW(spec_takes_the_largest_limits),
		TEST_ROW(
		    spec_exec_attaches_all_three_streams_without_a_terminal),
	};

	suite_add("spec", tests, nitems(tests));
}
