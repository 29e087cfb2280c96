#include "seccomp/profile.h"

#include <jansson.h>

#include "seccomp/table.h"

#if defined(__x86_64__)
#define ARCHITECTURE "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define ARCHITECTURE "SCMP_ARCH_AARCH64"
#else
#error "the seccomp profile knows x86-64 and arm64"
#endif

static json_t *
test_json(const struct seccomp_test *t)
{
	static const char *const ops[] = {
		[SECCOMP_EQ] = "SCMP_CMP_EQ",
		[SECCOMP_LT] = "SCMP_CMP_LT",
		[SECCOMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	};

	return json_pack("{s:i, s:I, s:I, s:s}", "index", (int)t->argument,
	    "value", (json_int_t)t->a, "valueTwo", (json_int_t)t->b, "op",
	    ops[t->op]);
}

static json_t *
rule_json(const struct seccomp_rule *r)
{
	json_t *o = json_pack("{s:[s], s:s, s:s}", "names", r->name, "action",
	    r->refused ? "SCMP_ACT_ERRNO" : "SCMP_ACT_ALLOW", "comment",
	    r->why);
	json_t *tests = r->ntests > 0 ? json_array() : NULL;

	if (r->refused)
		json_object_set_new(o, "errnoRet", json_integer(r->error));
	for (size_t i = 0; i < r->ntests; i++)
		json_array_append_new(tests, test_json(&r->tests[i]));
	if (tests != NULL)
		json_object_set_new(o, "args", tests);
	return o;
}

char *
seccomp_container_profile(void)
{
	json_t *calls = json_array(), *profile;
	char *text;

	for (size_t i = 0; i < nseccomp_rules; i++)
		if (seccomp_rule_is_for(&seccomp_rules[i], SECCOMP_CONTAINER))
			json_array_append_new(
			    calls, rule_json(&seccomp_rules[i]));
	profile = json_pack("{s:s, s:[s], s:o}", "defaultAction",
	    "SCMP_ACT_ERRNO", "architectures", ARCHITECTURE, "syscalls", calls);
	text = json_dumps(profile, JSON_COMPACT);
	json_decref(profile);
	return text;
}
