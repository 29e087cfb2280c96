#define _GNU_SOURCE
#include "common/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/auto.h"

static const char *const controller_names[CGROUP_NCONTROLLERS] = {
	[CGROUP_C_FREEZER] = "freezer",
	[CGROUP_C_MEMORY] = "memory",
	[CGROUP_C_CPUACCT] = "cpuacct",
	[CGROUP_C_PIDS] = "pids",
};

/* name in v1, name in v2 (NULL: has none), how it is opened */
static const struct {
	enum cgroup_controller controller;
	const char *v1, *v2;
	int flags;
} files[CGROUP_NFILES] = {
	[CGROUP_FREEZE] = { CGROUP_C_FREEZER, "freezer.state", "cgroup.freeze",
	    O_RDWR },
	[CGROUP_FROZEN] = { CGROUP_C_FREEZER, NULL, "cgroup.events", O_RDONLY },
	[CGROUP_PROCS] = { CGROUP_C_FREEZER, "cgroup.procs", "cgroup.procs",
	    O_RDONLY },
	[CGROUP_MEMORY] = { CGROUP_C_MEMORY, "memory.limit_in_bytes",
	    "memory.max", O_RDWR },
	[CGROUP_MEMORY_SWAP] = { CGROUP_C_MEMORY, "memory.memsw.limit_in_bytes",
	    NULL, O_RDWR },
	[CGROUP_OOM] = { CGROUP_C_MEMORY, "memory.oom_control", "memory.events",
	    O_RDONLY },
	[CGROUP_CPU] = { CGROUP_C_CPUACCT, "cpuacct.usage", "cpu.stat",
	    O_RDONLY },
	[CGROUP_SOCKETS] = { CGROUP_C_MEMORY, "memory.kmem.tcp.limit_in_bytes",
	    NULL, O_WRONLY },
	[CGROUP_PIDS] = { CGROUP_C_PIDS, "pids.max", "pids.max", O_RDWR },
};

/* ---- where ------------------------------------------------------------ */

/* Is word one of the comma-separated words of list (len bytes)? */
static bool
has_word(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	while (len >= n) {
		const char *comma = memchr(list, ',', len);
		size_t this = comma ? (size_t)(comma - list) : len;

		if (this == n && strncmp(list, word, n) == 0)
			return true;
		if (comma == NULL)
			return false;
		list = comma + 1;
		len -= this + 1;
	}
	return false;
}

/* The kernel writes blanks and backslashes in names as \\040 and the like. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; to++) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (char)((from[1] - '0') << 6 |
			    (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/*
 * Is this line of mountinfo, "id parent dev root point options - type source
 * superoptions", a mount of a v1 controller (or of v2, controller NULL)?
 */
static bool
is_mount_of(const char *line, const char *controller, char *root, char *point)
{
	const char *dash = strstr(line, " - ");
	const char *end = strchrnul(line, '\n');
	char type[32], super[256];

	if (dash == NULL || dash > end ||
	    sscanf(line, "%*s %*s %*s %511s %511s", root, point) != 2 ||
	    sscanf(dash, " - %31s %*s %255s", type, super) != 2)
		return false;
	unescape(root);
	unescape(point);
	if (controller == NULL)
		return strcmp(type, "cgroup2") == 0;
	return strcmp(type, "cgroup") == 0 &&
	    has_word(super, strlen(super), controller);
}

/* The path of a v1 controller (or of v2, NULL) in "id:controllers:path". */
static bool
find_path(
    const char *proc_cgroup, const char *controller, char *path, size_t size)
{
	for (const char *line = proc_cgroup; *line != '\0';) {
		const char *end = strchrnul(line, '\n');
		const char *list = memchr(line, ':', (size_t)(end - line));
		const char *at = list ?
		    memchr(list + 1, ':', (size_t)(end - list - 1)) :
		    NULL;

		if (at != NULL) {
			size_t n = (size_t)(at - list - 1);
			size_t len = (size_t)(end - at - 1);
			bool found = controller == NULL ?
			    n == 0 :
			    has_word(list + 1, n, controller);

			if (found && len < size) {
				memcpy(path, at + 1, len);
				path[len] = '\0';
				return true;
			}
		}
		line = *end ? end + 1 : end;
	}
	return false;
}

/* Mount point + path, without the part of the path that is the mount's root. */
static bool
join_dir(const char *root, const char *point, const char *path, char *dir,
    size_t size)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	int len;

	if (n > 0 &&
	    (strncmp(path, root, n) != 0 ||
		(path[n] != '/' && path[n] != '\0')))
		return false;
	len = snprintf(dir, size, "%s%s", point, path + n);
	return len > 0 && (size_t)len < size;
}

/* The first mount that shows the path; several may be of one hierarchy. */
static bool
find_dir(const char *proc_cgroup, const char *mountinfo, const char *controller,
    char *dir, size_t size)
{
	char root[512], point[512], path[512];

	dir[0] = '\0';
	if (!find_path(proc_cgroup, controller, path, sizeof path))
		return false;
	for (const char *line = mountinfo; *line != '\0';) {
		const char *end = strchrnul(line, '\n');

		if (is_mount_of(line, controller, root, point) &&
		    join_dir(root, point, path, dir, size))
			return true;
		line = *end ? end + 1 : end;
	}
	dir[0] = '\0';
	return false;
}

void
cgroup_find(
    const char *proc_cgroup, const char *mountinfo, struct cgroup_paths *ret)
{
	for (size_t c = 0; c < CGROUP_NCONTROLLERS; c++) {
		char *dir = ret->dir[c];
		size_t size = sizeof ret->dir[c];

		/* With both mounted, a controller is in v1 or in v2. */
		ret->v2[c] = !find_dir(
		    proc_cgroup, mountinfo, controller_names[c], dir, size);
		if (ret->v2[c])
			find_dir(proc_cgroup, mountinfo, NULL, dir, size);
	}
}

/* Is it of v2, or of a v1 controller that we use? */
static bool
is_mount_of_any(const char *line, char *root, char *point)
{
	for (size_t c = 0; c < CGROUP_NCONTROLLERS; c++)
		if (is_mount_of(line, controller_names[c], root, point))
			return true;
	return is_mount_of(line, NULL, root, point);
}

void
cgroup_list_mounts(const char *mountinfo, struct cgroup_mounts *ret)
{
	char root[512];

	ret->n = 0;
	for (const char *line = mountinfo;
	     *line != '\0' && ret->n < CGROUP_MOUNTS_MAX;) {
		const char *end = strchrnul(line, '\n');

		if (is_mount_of_any(line, root, ret->folder[ret->n]))
			ret->n++;
		line = *end ? end + 1 : end;
	}
}

/* ---- open ------------------------------------------------------------- */

static char *
read_text(const char *path, struct err *e)
{
	size_t len = 0, cap = 65536;
	auto_free char *text = malloc(cap + 1);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0 || text == NULL) {
		err_errno(e, "%s", path);
		return NULL;
	}
	while (len < cap && (n = read(fd, text + len, cap - len)) > 0)
		len += (size_t)n;
	if (n < 0) {
		err_errno(e, "%s", path);
		return NULL;
	}
	text[len] = '\0';
	return steal_ptr(&text);
}

int
cgroup_find_mounts(struct cgroup_mounts *ret, struct err *e)
{
	auto_free char *mountinfo = read_text("/proc/self/mountinfo", e);

	if (mountinfo == NULL)
		return -1;
	cgroup_list_mounts(mountinfo, ret);
	return 0;
}

void
cgroup_init(struct cgroup *cg)
{
	cg->v2 = 0;
	for (size_t f = 0; f < CGROUP_NFILES; f++)
		cg->fd[f] = -1;
}

void
cgroup_close(struct cgroup *cg)
{
	for (size_t f = 0; f < CGROUP_NFILES; f++)
		if (cg->fd[f] >= 0)
			close(cg->fd[f]);
	cgroup_init(cg);
}

void
cgroup_keep(struct cgroup_paths *paths, const char *word)
{
	for (size_t c = 0; c < CGROUP_NCONTROLLERS; c++)
		if (word[0] == '\0' || strstr(paths->dir[c], word) == NULL)
			paths->dir[c][0] = '\0';
}

static bool
have_any(const struct cgroup_paths *paths)
{
	for (size_t c = 0; c < CGROUP_NCONTROLLERS; c++)
		if (paths->dir[c][0] != '\0')
			return true;
	return false;
}

int
cgroup_open(struct cgroup *cg, pid_t pid, const char *container, struct err *e)
{
	char path[640];
	struct cgroup_paths paths = { 0 };
	auto_free char *mine = NULL, *mounts = NULL;

	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	mine = read_text(path, e);
	mounts = mine ? read_text("/proc/self/mountinfo", e) : NULL;
	if (mounts == NULL)
		return -1;
	cgroup_find(mine, mounts, &paths);
	cgroup_keep(&paths, container);
	if (!have_any(&paths))
		return err_set(e, ERR_MISSING,
		    "process %d is not in a cgroup of the container", (int)pid);
	for (size_t f = 0; f < CGROUP_NFILES; f++) {
		enum cgroup_controller c = files[f].controller;
		const char *name = paths.v2[c] ? files[f].v2 : files[f].v1;

		if (paths.v2[c])
			cg->v2 |= (uint16_t)(1u << f);
		if (name == NULL || paths.dir[c][0] == '\0')
			continue;
		snprintf(path, sizeof path, "%s/%s", paths.dir[c], name);
		cg->fd[f] = open(path, files[f].flags | O_CLOEXEC);
	}
	return 0;
}

bool
cgroup_can_freeze(const struct cgroup *cg)
{
	return cg->fd[CGROUP_FREEZE] >= 0;
}

bool
cgroup_can_limit(const struct cgroup *cg)
{
	return cg->fd[CGROUP_MEMORY] >= 0 && cg->fd[CGROUP_PIDS] >= 0;
}

/* ---- use -------------------------------------------------------------- */

static bool
is_v2(const struct cgroup *cg, enum cgroup_file f)
{
	return cg->v2 & 1u << f;
}

static int
put(const struct cgroup *cg, enum cgroup_file f, const char *text,
    struct err *e)
{
	const char *name = is_v2(cg, f) ? files[f].v2 : files[f].v1;

	if (pwrite(cg->fd[f], text, strlen(text), 0) < 0)
		return err_errno(e, "write %s to %s", text, name);
	return 0;
}

/* The text of a small kernel file; "" when it cannot be read. */
static void
get(const struct cgroup *cg, enum cgroup_file f, char *text, size_t size)
{
	ssize_t n = cg->fd[f] < 0 ? -1 : pread(cg->fd[f], text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

/* The number after "key " at the start of a line, or -1. */
static int64_t
number_of(const char *text, const char *key)
{
	size_t n = strlen(key);

	while (text != NULL) {
		if (strncmp(text, key, n) == 0 &&
		    text[n] == ' ') /* NOLINT: get() ends it with NUL */
			return strtoll(text + n + 1, NULL, 10);
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return -1;
}

bool
cgroup_is_frozen(const struct cgroup *cg)
{
	char text[256];

	if (is_v2(cg, CGROUP_FREEZE)) {
		get(cg, CGROUP_FROZEN, text, sizeof text);
		return number_of(text, "frozen") == 1;
	}
	get(cg, CGROUP_FREEZE, text, sizeof text);
	return strncmp(text, "FROZEN", 6) == 0;
}

int
cgroup_begin_freeze(const struct cgroup *cg, struct err *e)
{
	return put(
	    cg, CGROUP_FREEZE, is_v2(cg, CGROUP_FREEZE) ? "1" : "FROZEN", e);
}

int
cgroup_freeze(const struct cgroup *cg, struct err *e)
{
	static const struct timespec pause = { .tv_nsec = 200000 };

	if (cgroup_begin_freeze(cg, e) < 0)
		return -1;
	/*
	 * The kernel freezes each task when it next leaves the kernel: at
	 * once, as a rule.  10 ms is the most that our loop may stand still;
	 * what is not frozen by then is killed anyway.
	 */
	for (int i = 0; i < 50 && !cgroup_is_frozen(cg); i++)
		nanosleep(&pause, NULL);
	return 0;
}

int
cgroup_thaw(const struct cgroup *cg, struct err *e)
{
	return put(
	    cg, CGROUP_FREEZE, is_v2(cg, CGROUP_FREEZE) ? "0" : "THAWED", e);
}

static int
put_bytes(
    const struct cgroup *cg, enum cgroup_file f, uint64_t v, struct err *e)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	return put(cg, f, text, e);
}

int
cgroup_set_memory(const struct cgroup *cg, uint64_t bytes, struct err *e)
{
	struct err first;

	if (cg->fd[CGROUP_MEMORY_SWAP] < 0)
		return put_bytes(cg, CGROUP_MEMORY, bytes, e);
	/*
	 * v1 keeps memory <= memory+swap at every moment: one of the two
	 * orders is refused, depending on whether the limit goes up or down.
	 */
	if (put_bytes(cg, CGROUP_MEMORY, bytes, &first) == 0)
		return put_bytes(cg, CGROUP_MEMORY_SWAP, bytes, e);
	if (put_bytes(cg, CGROUP_MEMORY_SWAP, bytes, e) < 0)
		return -1;
	return put_bytes(cg, CGROUP_MEMORY, bytes, e);
}

int
cgroup_set_sockets(const struct cgroup *cg, uint64_t bytes, struct err *e)
{
	return cg->fd[CGROUP_SOCKETS] < 0 ?
	    0 :
	    put_bytes(cg, CGROUP_SOCKETS, bytes, e);
}

int
cgroup_set_pids(const struct cgroup *cg, uint32_t pids, struct err *e)
{
	return put_bytes(cg, CGROUP_PIDS, pids, e);
}

int64_t
cgroup_oom_kills(const struct cgroup *cg)
{
	char text[512];

	get(cg, CGROUP_OOM, text, sizeof text);
	return number_of(text, "oom_kill");
}

int64_t
cgroup_cpu_us(const struct cgroup *cg)
{
	char text[512];

	get(cg, CGROUP_CPU, text, sizeof text);
	if (is_v2(cg, CGROUP_CPU))
		return number_of(text, "usage_usec");
	return text[0] ? strtoll(text, NULL, 10) / 1000 : -1;
}

bool
cgroup_has(const struct cgroup *cg, pid_t pid)
{
	char text[16384], line[16];
	size_t n;

	get(cg, CGROUP_PROCS, text, sizeof text);
	n = (size_t)snprintf(line, sizeof line, "%d\n", (int)pid);
	for (const char *p = text; (p = strstr(p, line)) != NULL; p += n)
		if (p == text || p[-1] == '\n')
			return true;
	return false;
}

bool
cgroup_is_empty(const struct cgroup *cg)
{
	char text[16] = "";

	get(cg, CGROUP_PROCS, text, sizeof text);
	return text[0] == '\0';
}
