#define _GNU_SOURCE
#include "common/rights.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/cgroup.h"
#include "common/landlock.h"
#include "common/log.h"
#include "seccomp/filter.h"

/* ---- what is planned -------------------------------------------------- */

struct rights_plan
rights_plan(enum role role, const struct settings *s, uint32_t uid_now)
{
	struct rights_plan plan = {
		.as_root = uid_now == 0,
		.empty_root = uid_now == 0 && role != ROLE_POOL,
		.cgroups = role == ROLE_POOL,
		.uid = uid_now,
	};

	if (plan.empty_root)
		plan.uid = role == ROLE_WEB ? s->web_uid : s->worker_uid;
	return plan;
}

/* ---- one thing after the other ---------------------------------------- */

static int
limit(int what, struct err *e)
{
	static const struct rlimit none = { 0, 0 };

	return setrlimit((__rlimit_resource_t)what, &none) < 0 ?
	    err_errno(e, "limits") :
	    0;
}

/* No process and no thread is ever started, and none leaves a core. */
static int
limit_all(struct err *e)
{
	return limit(RLIMIT_CORE, e) < 0 || limit(RLIMIT_NPROC, e) < 0 ? -1 : 0;
}

/*
 * A folder that is removed while we are in it: nothing is in it, nothing can
 * be made in it, and no name leads out of it.
 */
static int
enter_empty_root(struct err *e)
{
	static const char *const places[] = { "/run", "/tmp", "/dev/shm" };
	char folder[64];
	bool made = false;

	for (size_t i = 0; i < nitems(places) && !made; i++) {
		snprintf(
		    folder, sizeof folder, "%s/sce-root-XXXXXX", places[i]);
		made = mkdtemp(folder) != NULL;
	}
	if (!made)
		return err_errno(e, "a folder in /run, /tmp or /dev/shm");
	if (chdir(folder) < 0 || rmdir(folder) < 0) {
		err_errno(e, "%s", folder);
		rmdir(folder);
		return -1;
	}
	if (chroot(".") < 0 || chdir("/") < 0)
		return err_errno(e, "empty root folder");
	return 0;
}

/*
 * What an exec could bring back.  Only root can give it up, and only root has
 * to: without privileges, no_new_privs says the same.
 */
static int
close_bounding_set(struct err *e)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap) < 0)
			return err_errno(e, "capability bounding set");
	if (prctl(PR_SET_SECUREBITS,
		SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		    SECBIT_NO_CAP_AMBIENT_RAISE |
		    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED) < 0)
		return err_errno(e, "securebits");
	return 0;
}

static int
become_user(uint32_t id, struct err *e)
{
	if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 ||
	    setresuid(id, id, id) < 0)
		return err_errno(e, "user and group id %u", id);
	return 0;
}

static int
drop_capabilities(struct err *e)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	static const struct __user_cap_data_struct none[2];

	/* A kernel without ambient ones would say EINVAL. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		return err_errno(e, "ambient capabilities");
	if (syscall(SYS_capset, &header, none) < 0)
		return err_errno(e, "capabilities");
	return 0;
}

/*
 * Another process with this user id may not look into us.  And the change of
 * user made the kernel forget that we end with the supervisor; when that has
 * died meanwhile, nobody would tell.
 */
static int
tie_to_parent(pid_t parent, struct err *e)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_errno(e, "prctl");
	if (getppid() != parent)
		return err_set(e, ERR_GONE, "the supervisor is dead");
	return 0;
}

static int
confine(const struct rights_plan *plan, int abi, struct err *e)
{
	struct cgroup_mounts mounts = { 0 };
	struct landlock_path paths[1 + CGROUP_MOUNTS_MAX];
	size_t n = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(e, "no_new_privs");
	if (abi == 0)
		return 0;
	if (plan->cgroups) {
		if (cgroup_find_mounts(&mounts, e) < 0)
			return -1;
		paths[n++] = (struct landlock_path){ "/proc",
			LANDLOCK_READ_FILE };
	}
	for (size_t i = 0; i < mounts.n; i++)
		paths[n++] = (struct landlock_path){ mounts.folder[i],
			LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE };
	return landlock_confine(abi, paths, n, e);
}

/* ---- what is left ----------------------------------------------------- */

static uint64_t
permitted(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct has[2] = { 0 };

	if (syscall(SYS_capget, &header, has) < 0)
		return ~0ull;
	return (uint64_t)has[1].permitted << 32 | has[0].permitted;
}

/* Not what we asked for, but what we have. */
static int
look(const struct rights_plan *plan, struct rights *r, struct err *e)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (getresuid(&ruid, &euid, &suid) < 0 ||
	    getresgid(&rgid, &egid, &sgid) < 0)
		return err_errno(e, "user id");
	r->uid = euid;
	r->gid = egid;
	r->capabilities = permitted();
	r->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	r->empty_root = plan->empty_root;
	if (ruid != plan->uid || euid != plan->uid || suid != plan->uid ||
	    (plan->as_root &&
		(rgid != plan->uid || egid != plan->uid || sgid != plan->uid ||
		    getgroups(0, NULL) != 0)) ||
	    r->capabilities != 0 || !r->no_new_privs ||
	    (plan->empty_root && access("/proc", F_OK) == 0))
		return err_set(e, ERR_SYSTEM, "something was not given up");
	return 0;
}

/* ---- all of it -------------------------------------------------------- */

static int
drop_all(const struct rights_plan *plan, struct rights *r, struct err *e)
{
	pid_t parent = getppid();

	/*
	 * First what needs root, while we are; then root itself; then what
	 * that undoes (the bond to the parent); last what also forbids the
	 * steps before it.
	 */
	if (limit_all(e) < 0 || (plan->empty_root && enter_empty_root(e) < 0) ||
	    (plan->as_root && close_bounding_set(e) < 0) ||
	    (plan->as_root && become_user(plan->uid, e) < 0) ||
	    drop_capabilities(e) < 0 || tie_to_parent(parent, e) < 0 ||
	    confine(plan, r->landlock, e) < 0 || look(plan, r, e) < 0)
		return -1;
	return 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_FILTER false /* sanitizers make calls of their own */
#else
#define HAS_FILTER true
#endif

static enum seccomp_role
filter_of(enum role role)
{
	return role == ROLE_WEB ? SECCOMP_WEB :
	    role == ROLE_WORKER ? SECCOMP_WORKER :
				  SECCOMP_POOL;
}

int
rights_drop(
    enum role role, const struct settings *s, struct rights *ret, struct err *e)
{
	struct rights_plan plan = rights_plan(role, s, geteuid());
	struct rights r = {
		.capabilities_before = permitted(),
		.landlock = landlock_abi(),
	};
	struct seccomp_filter filter = { 0 };

	/* Made while memory and files are as usual, loaded when all is done. */
	if (HAS_FILTER && seccomp_filter_make(filter_of(role), &filter, e) < 0)
		return err_wrap(e, "system call filter");
	if (drop_all(&plan, &r, e) < 0) {
		seccomp_filter_free(&filter);
		return err_wrap(e, "giving up rights");
	}
	if (HAS_FILTER && seccomp_filter_load(&filter) < 0) {
		err_errno(e, "system call filter");
		seccomp_filter_free(&filter);
		return -1;
	}
	seccomp_filter_free(&filter);
	r.seccomp = HAS_FILTER;
	*ret = r;
	return 0;
}

json_t *
rights_json(const struct rights *r)
{
	char now[20], before[20];

	snprintf(
	    now, sizeof now, "%016llx", (unsigned long long)r->capabilities);
	snprintf(before, sizeof before, "%016llx",
	    (unsigned long long)r->capabilities_before);
	/* clang-format off */
	return json_pack("{s:I, s:I, s:s, s:i, s:b, s:b, s:s, s:s}",
	    "uid", (json_int_t)r->uid, "gid", (json_int_t)r->gid,
	    "root", r->empty_root ? "empty" : "host",
	    "landlock", r->landlock,
	    "seccomp", (int)r->seccomp,
	    "no_new_privs", (int)r->no_new_privs,
	    "capabilities", now, "capabilities_before", before);
	/* clang-format on */
}

void
rights_warn(void)
{
	if (geteuid() != 0)
		log_warn("not started as root: web and the workers keep user "
			 "id %u and have no empty root folder; see "
			 "docs/security.md",
		    (unsigned)geteuid());
	if (landlock_abi() == 0)
		log_warn("this kernel has no Landlock, or it is switched off: "
			 "files are kept from our processes by their user ids "
			 "alone; see docs/security.md");
}
