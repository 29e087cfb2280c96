#define _GNU_SOURCE
#include "pool/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/auto.h"
#include "common/lease.h"
#include "common/messages.h"
#include "common/runtime.h"

#define RUNNER "/sce/runner"

/*
 * The two places that can be written, of their own size and number of files,
 * so that neither fills the other; gone with the container.
 */
static json_t *
tmpfs(const struct settings *s, uid_t uid)
{
	char tmp[160], home[160];

	snprintf(tmp, sizeof tmp,
	    "rw,exec,nosuid,nodev,size=%um,nr_inodes=%u,mode=1777",
	    s->run_tmp_mb, s->run_tmp_inodes);
	snprintf(home, sizeof home,
	    "rw,exec,nosuid,nodev,size=%um,"
	    "nr_inodes=%u,mode=0700,uid=%u,gid=%u",
	    s->run_tmp_mb, s->run_tmp_inodes, uid, uid);
	return json_pack("{s:s, s:s}", "/tmp", tmp, "/home/sandbox", home);
}

static void
take_masks_off(json_t *config)
{
	json_object_set_new(config, "MaskedPaths", json_array());
	json_object_set_new(config, "ReadonlyPaths", json_array());
}

static json_t *
host_config(const struct settings *s, const struct spec *spec)
{
	json_t *config;
	struct runtime_needs needs = runtime_needs(s->runtime);
	json_int_t memory = ((json_int_t)s->run_memory_mb + needs.memory_mb) *
	    MIB;
	auto_free char *calls = NULL, *confined = NULL;

	if (asprintf(&calls, "seccomp=%s", spec->seccomp) < 0 ||
	    (spec->apparmor != NULL &&
		asprintf(&confined, "apparmor=%s", spec->apparmor) < 0))
		return NULL;
	/* clang-format off */
	config = json_pack(
	    "{s:s*, s:s, s:b, s:[s], s:[s,s,s*], s:I, s:I, s:I, s:I, s:s, s:s,"
	    " s:{s:s}, s:o, s:[{s:s, s:i, s:i}], s:b, s:b, s:I}",
	    "Runtime", s->runtime[0] ? s->runtime : NULL,
	    "NetworkMode", "none",
	    "ReadonlyRootfs", 1,
	    "CapDrop", "ALL",
	    "SecurityOpt", "no-new-privileges:true", calls, confined,
	    "Memory", memory,
	    "MemorySwap", memory, /* memory and swap together: no swap */
	    "NanoCpus", (json_int_t)s->run_cpus_percent * 10000000,
	    "PidsLimit", (json_int_t)s->run_processes + LEASE_OWN_PROCESSES +
	        needs.processes,
	    "IpcMode", "private",
	    "CgroupnsMode", "private",
	    "LogConfig", "Type", "none",
	    "Tmpfs", tmpfs(s, spec->uid),
	    "Ulimits", "Name", "core", "Soft", 1, "Hard", 1,
	    "Privileged", 0,
	    "PublishAllPorts", 0,
	    "ShmSize", (json_int_t)s->run_tmp_mb * MIB);
	/* clang-format on */
	if (config != NULL && !spec->masked)
		take_masks_off(config);
	return config;
}

char *
spec_create(const struct settings *s, const struct spec *spec)
{
	char user[32];
	json_t *body;
	char *text;

	snprintf(user, sizeof user, "%u:%u", spec->uid, spec->uid);
	/* clang-format off */
	body = json_pack(
	    "{s:s, s:s, s:[s,s], s:s, s:s, s:b, s:b, s:b, s:b, s:b,"
	    " s:{s:s, s:s, s:s}, s:o}",
	    "Image", spec->language->image,
	    "User", user,
	    "Cmd", RUNNER, "init",
	    "Hostname", "sandbox",
	    "WorkingDir", "/",
	    "NetworkDisabled", 1,
	    "Tty", 0,
	    "OpenStdin", 0,
	    "AttachStdout", 0,
	    "AttachStderr", 0,
	    "Labels",
	    LABEL_INSTANCE, s->instance,
	    LABEL_OWNER, spec->owner,
	    LABEL_LANGUAGE, spec->language->name,
	    "HostConfig", host_config(s, spec));
	/* clang-format on */
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	return text;
}

char *
spec_exec(const struct settings *s)
{
	char tmp_mb[16], tmp_inodes[16];
	json_t *spec;
	char *text;

	snprintf(tmp_mb, sizeof tmp_mb, "%u", s->run_tmp_mb);
	snprintf(tmp_inodes, sizeof tmp_inodes, "%u", s->run_tmp_inodes);
	spec = json_pack("{s:b, s:b, s:b, s:b, s:s, s:[s,s,s,s]}",
	    "AttachStdin", 1, "AttachStdout", 1, "AttachStderr", 1, "Tty", 0,
	    "WorkingDir", "/", "Cmd", RUNNER, "serve", tmp_mb, tmp_inodes);
	text = json_dumps(spec, JSON_COMPACT);

	json_decref(spec);
	return text;
}
