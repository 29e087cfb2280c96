#define _GNU_SOURCE
#include "pool/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/auto.h"
#include "common/lease.h"
#include "common/messages.h"

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

static json_t *
host_config(const struct settings *s, uid_t uid, const char *seccomp,
    const char *apparmor)
{
	json_int_t memory = (json_int_t)s->run_memory_mb * MIB;
	auto_free char *calls = NULL, *confined = NULL;

	if (asprintf(&calls, "seccomp=%s", seccomp) < 0 ||
	    (apparmor != NULL &&
		asprintf(&confined, "apparmor=%s", apparmor) < 0))
		return NULL;
	/* clang-format off */
	return json_pack(
	    "{s:s, s:b, s:[s], s:[s,s,s*], s:I, s:I, s:I, s:I, s:s, s:s,"
	    " s:{s:s}, s:o, s:[{s:s, s:i, s:i}], s:b, s:b, s:I, s:[], s:[]}",
	    "NetworkMode", "none",
	    "ReadonlyRootfs", 1,
	    "CapDrop", "ALL",
	    "SecurityOpt", "no-new-privileges:true", calls, confined,
	    "Memory", memory,
	    "MemorySwap", memory, /* memory and swap together: no swap */
	    "NanoCpus", (json_int_t)s->run_cpus_percent * 10000000,
	    "PidsLimit", (json_int_t)s->run_processes + LEASE_OWN_PROCESSES,
	    "IpcMode", "private",
	    "CgroupnsMode", "private",
	    "LogConfig", "Type", "none",
	    "Tmpfs", tmpfs(s, uid),
	    "Ulimits", "Name", "core", "Soft", 1, "Hard", 1,
	    "Privileged", 0,
	    "PublishAllPorts", 0,
	    "ShmSize", (json_int_t)s->run_tmp_mb * MIB,
	    /* The runner masks the /proc that a program sees; over masks of
	     * Docker's the kernel would not let it mount one. */
	    "MaskedPaths",
	    "ReadonlyPaths");
	/* clang-format on */
}

char *
spec_create(const struct settings *s, const struct language *l, uid_t uid,
    const char *owner, const char *seccomp, const char *apparmor)
{
	char user[32];
	json_t *spec;
	char *text;

	snprintf(user, sizeof user, "%u:%u", uid, uid);
	/* clang-format off */
	spec = json_pack(
	    "{s:s, s:s, s:[s,s], s:s, s:s, s:b, s:b, s:b, s:b, s:b,"
	    " s:{s:s, s:s, s:s}, s:o}",
	    "Image", l->image,
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
	    LABEL_OWNER, owner,
	    LABEL_LANGUAGE, l->name,
	    "HostConfig", host_config(s, uid, seccomp, apparmor));
	/* clang-format on */
	text = json_dumps(spec, JSON_COMPACT);
	json_decref(spec);
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
