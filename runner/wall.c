#define _GNU_SOURCE
#include "runner/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/auto.h"
#include "runner/net.h"

/* Any folder of the image serves: it becomes the new root's ground. */
#define SITE "/tmp"

#define OURS (MS_NOSUID | MS_NODEV)

int
wall_clone_flags(const struct wall *w)
{
	int flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;

	return w->own_net ? flags | CLONE_NEWNET : flags;
}

/* A kernel or engine that forbids it says one of these; what passes, such as
 * want of memory or processes, has other names. */
int
wall_refused(struct err *e)
{
	static const int refusals[] = { EPERM, EACCES, EINVAL, ENOSYS, EUSERS,
		ENOSPC /* user.max_user_namespaces */ };

	for (size_t i = 0; i < nitems(refusals); i++)
		if (errno == refusals[i])
			e->code = ERR_FORBIDDEN;
	return -1;
}

/* ---- who we are ------------------------------------------------------- */

static int
write_text(const char *path, const char *text, struct err *e)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		return err_errno(e, "cannot write %s", path);
	return 0;
}

/*
 * Without a map our id is nobody's and no file can be made.  The files of a
 * process that is not dumpable are root's, so for this long it is.
 */
static int
map_ids(unsigned uid, unsigned gid, struct err *e)
{
	char uids[64], gids[64];

	snprintf(uids, sizeof uids, "%d %u 1", WALL_UID, uid);
	snprintf(gids, sizeof gids, "%d %u 1", WALL_UID, gid);
	if (prctl(PR_SET_DUMPABLE, 1) < 0)
		return err_errno(e, "cannot become dumpable");
	if ((write_text("/proc/self/setgroups", "deny", e) < 0 &&
		errno != ENOENT) ||
	    write_text("/proc/self/uid_map", uids, e) < 0 ||
	    write_text("/proc/self/gid_map", gids, e) < 0)
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_errno(e, "cannot become undumpable");
	return 0;
}

/* ---- the new root, seen from SITE ------------------------------------- */

static int
mount_at(const char *what, const char *where, const char *type,
    unsigned long flags, const char *options, struct err *e)
{
	if (mount(what, where, type, flags, options) < 0)
		return err_errno(e, "cannot mount %s on %s", what, where);
	return 0;
}

/* Something of this name may not exist on this kernel or in this image. */
static int
cover(const char *with, const char *where, struct err *e)
{
	if (mount(with, where, NULL, MS_BIND, NULL) < 0 && errno != ENOENT)
		return err_errno(e, "cannot cover %s", where);
	return 0;
}

/* What the kernel has locked on a mount of the container's must stay. */
static int
make_read_only(const char *where, struct err *e)
{
	unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
	struct statvfs now;

	if (statvfs(where, &now) < 0)
		return err_errno(e, "cannot look at %s", where);
	flags |= now.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC);
	if (mount(NULL, where, NULL, flags, NULL) < 0)
		return err_errno(e, "cannot make %s read-only", where);
	return 0;
}

/* What the image has, and its mounts; all of it belongs to root. */
static int
bind_directory(const char *name, struct err *e)
{
	char from[32];

	snprintf(from, sizeof from, "/%s", name);
	if (access(from, F_OK) < 0)
		return 0;
	if (mkdir(name, 0755) < 0)
		return err_errno(e, "cannot make %s", from);
	return mount_at(from, name, NULL, MS_BIND | MS_REC, NULL, e);
}

/* /bin, /lib and the like: links into /usr in one image, folders in another. */
static int
take_over(const char *name, struct err *e)
{
	char from[32], to[64];
	ssize_t n;

	snprintf(from, sizeof from, "/%s", name);
	n = readlink(from, to, sizeof to - 1);
	if (n < 0)
		return bind_directory(name, e);
	if (n == sizeof to - 1)
		return err_set(e, ERR_FORBIDDEN, "%s is a long link", from);
	to[n] = '\0';
	if (symlink(to, name) < 0)
		return err_errno(e, "cannot make %s", from);
	return 0;
}

/* Docker lays an empty one over the image's where there is no network. */
static int
build_hosts(struct err *e)
{
	return cover("/sce/hosts", "etc/hosts", e);
}

static int
build_system(struct err *e)
{
	static const char *const names[] = { "usr", "etc", "opt", "bin", "sbin",
		"lib", "lib32", "lib64", "libx32" };

	for (size_t i = 0; i < nitems(names); i++)
		if (take_over(names[i], e) < 0)
			return -1;
	return build_hosts(e);
}

/*
 * They are files of the container's, which outlives the program: read-only,
 * so that nobody leaves a message in their times.  Devices they are still;
 * but not to gVisor, where they must stay as they were.
 */
static int
bind_device(const char *from, const char *to, struct err *e)
{
	auto_close int fd = -1;

	if (mknod(to, S_IFREG | 0666, 0) < 0)
		return err_errno(e, "cannot make %s", from);
	if (mount_at(from, to, NULL, MS_BIND, NULL, e) < 0 ||
	    make_read_only(to, e) < 0)
		return -1;
	fd = open(to, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == EROFS)
		return mount_at(from, to, NULL, MS_BIND, NULL, e);
	return 0;
}

static int
build_devices(struct err *e)
{
	static const char *const devices[] = { "dev/null", "dev/zero",
		"dev/full", "dev/random", "dev/urandom" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "dev/fd" },
		{ "/proc/self/fd/0", "dev/stdin" },
		{ "/proc/self/fd/1", "dev/stdout" },
		{ "/proc/self/fd/2", "dev/stderr" },
	};

	if (mkdir("dev", 0755) < 0)
		return err_errno(e, "cannot make /dev");
	for (size_t i = 0; i < nitems(devices); i++) {
		char from[32];

		snprintf(from, sizeof from, "/%s", devices[i]);
		if (bind_device(from, devices[i], e) < 0)
			return -1;
	}
	for (size_t i = 0; i < nitems(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return err_errno(e, "cannot make %s", links[i][1]);
	return 0;
}

struct place {
	const char *where;
	unsigned long flags;
	const char *mode;
};

/*
 * The number of files is the last option, for gVisor has none such: there
 * files cost memory of the container's.
 */
static int
make_empty(const struct wall *w, const struct place *p, struct err *e)
{
	char options[96];

	if (mkdir(p->where, 0755) < 0)
		return err_errno(e, "cannot make %s", p->where);
	snprintf(options, sizeof options,
	    "size=%um,mode=%s,uid=%d,gid=%d,nr_inodes=%u", w->tmp_mb, p->mode,
	    WALL_UID, WALL_UID, w->tmp_inodes);
	if (mount("tmpfs", p->where, "tmpfs", p->flags, options) == 0)
		return 0;
	if (errno == EINVAL)
		*strrchr(options, ',') = '\0';
	return mount_at("tmpfs", p->where, "tmpfs", p->flags, options, e);
}

static int
build_empty(const struct wall *w, struct err *e)
{
	static const struct place places[] = {
		{ "tmp", OURS, "1777" },
		{ "home/sandbox", OURS, "0700" },
		{ "dev/shm", OURS | MS_NOEXEC, "1777" },
	};

	if (mkdir("home", 0755) < 0)
		return err_errno(e, "cannot make /home");
	for (size_t i = 0; i < nitems(places); i++)
		if (make_empty(w, &places[i], e) < 0)
			return -1;
	return 0;
}

/* ---- /proc ------------------------------------------------------------ */

static int
freeze_path(const char *where, struct err *e)
{
	if (mount(where, where, NULL, MS_BIND | MS_REC, NULL) == 0)
		return make_read_only(where, e);
	return errno == ENOENT ? 0 : err_errno(e, "cannot bind %s", where);
}

/*
 * The container has no masked paths, for under them the kernel refuses a new
 * /proc.  So the masks are laid over ours: Docker's list, and the kernel's
 * addresses, everybody's locks, and the triggers of pressure.  The folder in
 * front of the empty ones is gone afterwards: who looks there sees it, and
 * nobody can enter by another way.
 */
static int
mask_proc(struct err *e)
{
	static const char *const files[] = { "proc/kcore", "proc/keys",
		"proc/latency_stats", "proc/timer_list", "proc/timer_stats",
		"proc/sched_debug", "proc/interrupts", "proc/kallsyms",
		"proc/locks" };
	static const char *const folders[] = { "proc/acpi", "proc/asound",
		"proc/scsi" };
	static const char *const read_only[] = { "proc/bus", "proc/fs",
		"proc/irq", "proc/sys", "proc/sysrq-trigger", "proc/pressure" };

	for (size_t i = 0; i < nitems(files); i++)
		if (cover("dev/null", files[i], e) < 0)
			return -1;
	if (mkdir("nothing", 0555) < 0)
		return err_errno(e, "cannot make an empty folder");
	for (size_t i = 0; i < nitems(folders); i++)
		if (cover("nothing", folders[i], e) < 0)
			return -1;
	if (rmdir("nothing") < 0)
		return err_errno(e, "cannot take an empty folder away");
	for (size_t i = 0; i < nitems(read_only); i++)
		if (freeze_path(read_only[i], e) < 0)
			return -1;
	return 0;
}

static int
build_proc(const struct wall *w, struct err *e)
{
	if (mkdir("proc", 0555) < 0)
		return err_errno(e, "cannot make /proc");
	if (mount_at("proc", "proc", "proc", OURS | MS_NOEXEC, NULL, e) < 0)
		return -1;
	/* Before proc/sys is read-only. */
	if (w->own_net && net_bring_up(w->ipv6_off, e) < 0)
		return -1;
	return mask_proc(e);
}

/* ---- all of it -------------------------------------------------------- */

static int
enter(struct err *e)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return err_errno(e, "cannot enter the new root");
	/* The old one lies on top of the new one now. */
	if (umount2(".", MNT_DETACH) < 0)
		return err_errno(e, "cannot leave the old root");
	if (chdir("/") < 0)
		return err_errno(e, "cannot go to the new root");
	return make_read_only("/", e);
}

int
wall_build(const struct wall *w, struct err *e)
{
	if (map_ids(w->uid, w->gid, e) < 0)
		return -1;
	if (unshare(CLONE_NEWNS) < 0)
		return err_errno(e, "cannot have mounts of its own");
	if (mount_at("none", "/", NULL, MS_REC | MS_PRIVATE, NULL, e) < 0 ||
	    mount_at("tmpfs", SITE, "tmpfs", OURS, "size=64k,mode=0755", e) < 0)
		return -1;
	if (chdir(SITE) < 0)
		return err_errno(e, "cannot enter %s", SITE);
	if (build_system(e) < 0 || build_devices(e) < 0 ||
	    build_empty(w, e) < 0 || build_proc(w, e) < 0)
		return -1;
	return enter(e);
}

int
wall_drop_rights(struct err *e)
{
	static const int locked = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	    SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
	    SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
	    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };

	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap) < 0)
			return err_errno(
			    e, "cannot give up capability %d", cap);
	/* A kernel that has no such bits (gVisor) has nothing to lock. */
	if (prctl(PR_SET_SECUREBITS, locked) < 0 && errno != EINVAL)
		return err_errno(e, "cannot lock the capabilities");
	if (syscall(SYS_capset, &head, none) < 0)
		return err_errno(e, "cannot give up all capabilities");
	return 0;
}
