#include "seccomp/profile.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/auto.h"

#if defined(__x86_64__)
#define ARCHITECTURE "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define ARCHITECTURE "SCMP_ARCH_AARCH64"
#else
#error "the seccomp profile knows x86-64 and arm64"
#endif

struct rule {
	const char *name;
	bool tested; /* allowed only when the argument fits */
	unsigned argument;
	const char *operation;
	uint64_t a, b;
	bool refused;
	int error; /* for a refused one; 0 pretends */
	const char *why;
};

static const struct rule rules[] = {
#define ALLOW(n, w) { .name = #n, .why = (w) },
#define ALLOW_IF(n, arg, op, x, y, w) \
	{ .name = #n,                 \
		.tested = true,       \
		.argument = (arg),    \
		.operation = #op,     \
		.a = (x),             \
		.b = (y),             \
		.why = (w) },
#define REFUSE_AS_MISSING(n, w) \
	{ .name = #n, .refused = true, .error = ENOSYS, .why = (w) },
#define PRETEND(n, w) { .name = #n, .refused = true, .why = (w) },
#include "seccomp/rules.def"
};

static json_t *
rule_json(const struct rule *r)
{
	json_t *o = json_pack("{s:[s], s:s, s:s}", "names", r->name, "action",
	    r->refused ? "SCMP_ACT_ERRNO" : "SCMP_ACT_ALLOW", "comment",
	    r->why);

	if (r->refused)
		json_object_set_new(o, "errnoRet", json_integer(r->error));
	if (r->tested)
		json_object_set_new(o, "args",
		    json_pack("[{s:i, s:I, s:I, s:s}]", "index",
			(int)r->argument, "value", (json_int_t)r->a, "valueTwo",
			(json_int_t)r->b, "op", r->operation));
	return o;
}

char *
seccomp_container_profile(void)
{
	json_t *calls = json_array(), *profile;
	char *text;

	for (size_t i = 0; i < nitems(rules); i++)
		json_array_append_new(calls, rule_json(&rules[i]));
	profile = json_pack("{s:s, s:[s], s:o}", "defaultAction",
	    "SCMP_ACT_ERRNO", "architectures", ARCHITECTURE, "syscalls", calls);
	text = json_dumps(profile, JSON_COMPACT);
	json_decref(profile);
	return text;
}
