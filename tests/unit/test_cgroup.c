/*
 * tests/unit/test_cgroup.c -- where a container's cgroup files are,
 * cgroup_find() of common/cgroup.c.
 */
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/cgroup.h"
#include "tests/unit/suites.h"

#define ROOT_LINE "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"

#define V1_MOUNTS                                                              \
	ROOT_LINE                                                              \
	"30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup " \
	"rw,cpu,cpuacct\n"                                                     \
	"31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"    \
	"32 25 0:28 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"  \
	"33 25 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"

#define V1_PATHS                                                            \
	"5:pids:/docker/abc\n4:freezer:/docker/abc\n3:memory:/docker/abc\n" \
	"2:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n"

#define V2_MOUNTS                                                           \
	ROOT_LINE                                                           \
	"29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 " \
	"rw\n"

static bool
is_at(const struct cgroup_paths *p, enum cgroup_controller c, bool v2,
    const char *dir)
{
	if (p->v2[c] == v2 && strcmp(p->dir[c], dir) == 0)
		return true;
	fprintf(stderr, "controller %d is at '%s' (v2=%d)\n", c, p->dir[c],
	    p->v2[c]);
	return false;
}

static void
cgroup_find_finds_each_controller_of_v1(void)
{
	struct cgroup_paths p;

	cgroup_find(V1_PATHS, V1_MOUNTS, &p);
	CU_ASSERT(is_at(
	    &p, CGROUP_C_FREEZER, false, "/sys/fs/cgroup/freezer/docker/abc"));
	CU_ASSERT(is_at(
	    &p, CGROUP_C_MEMORY, false, "/sys/fs/cgroup/memory/docker/abc"));
	CU_ASSERT(is_at(&p, CGROUP_C_CPUACCT, false,
	    "/sys/fs/cgroup/cpu,cpuacct/docker/abc"));
	CU_ASSERT(
	    is_at(&p, CGROUP_C_PIDS, false, "/sys/fs/cgroup/pids/docker/abc"));
}

static void
cgroup_find_finds_the_one_directory_of_v2(void)
{
	struct cgroup_paths p;

	cgroup_find("0::/system.slice/docker-abc.scope\n", V2_MOUNTS, &p);
	for (unsigned c = 0; c < CGROUP_NCONTROLLERS; c++)
		CU_ASSERT(is_at(&p, c, true,
		    "/sys/fs/cgroup/system.slice/docker-abc.scope"));
}

/* Both are mounted, and each controller is in one of them. */
static void
cgroup_find_takes_what_v1_lacks_from_v2(void)
{
	struct cgroup_paths p;

	cgroup_find("3:memory:/docker/abc\n0::/docker/abc\n",
	    ROOT_LINE
	    "31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	    "34 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
	    &p);
	CU_ASSERT(is_at(
	    &p, CGROUP_C_MEMORY, false, "/sys/fs/cgroup/memory/docker/abc"));
	CU_ASSERT(is_at(
	    &p, CGROUP_C_FREEZER, true, "/sys/fs/cgroup/unified/docker/abc"));
	CU_ASSERT(is_at(
	    &p, CGROUP_C_PIDS, true, "/sys/fs/cgroup/unified/docker/abc"));
}

static void
cgroup_find_removes_the_root_of_the_mount_from_the_path(void)
{
	static const char mounts[] =
	    "31 25 0:27 /docker/outer /sys/fs/cgroup/memory ro - cgroup "
	    "cgroup rw,memory\n";
	struct cgroup_paths p;

	cgroup_find("3:memory:/docker/outer/docker/inner\n", mounts, &p);
	CU_ASSERT(is_at(
	    &p, CGROUP_C_MEMORY, false, "/sys/fs/cgroup/memory/docker/inner"));
	cgroup_find("3:memory:/docker/outer\n", mounts, &p);
	CU_ASSERT(is_at(&p, CGROUP_C_MEMORY, false, "/sys/fs/cgroup/memory"));
}

static void
cgroup_find_finds_nothing_outside_the_root_of_the_mount(void)
{
	static const char mounts[] =
	    "31 25 0:27 /docker/outer /sys/fs/cgroup/memory ro - cgroup "
	    "cgroup rw,memory\n";
	struct cgroup_paths p;

	cgroup_find("3:memory:/elsewhere\n", mounts, &p);
	CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_MEMORY], "");
	/* A name that only begins like it. */
	cgroup_find("3:memory:/docker/outermost\n", mounts, &p);
	CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_MEMORY], "");
}

static void
cgroup_find_looks_past_a_mount_that_does_not_show_the_path(void)
{
	struct cgroup_paths p;

	cgroup_find("3:memory:/docker/abc\n",
	    "31 25 0:27 /lxc /mnt/lxc rw - cgroup cgroup rw,memory\n"
	    "32 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
	    &p);
	CU_ASSERT(is_at(
	    &p, CGROUP_C_MEMORY, false, "/sys/fs/cgroup/memory/docker/abc"));
}

static void
cgroup_find_takes_a_path_with_a_space(void)
{
	struct cgroup_paths p;

	cgroup_find("0::/user.slice/my container\n", V2_MOUNTS, &p);
	CU_ASSERT(is_at(&p, CGROUP_C_MEMORY, true,
	    "/sys/fs/cgroup/user.slice/my container"));
}

/* The kernel writes a space in a mount point as \040. */
static void
cgroup_find_takes_a_mount_point_with_a_space(void)
{
	struct cgroup_paths p;

	cgroup_find("0::/docker/abc\n",
	    "29 23 0:26 / /mnt/my\\040cgroups rw - cgroup2 cgroup2 rw\n", &p);
	CU_ASSERT(
	    is_at(&p, CGROUP_C_MEMORY, true, "/mnt/my cgroups/docker/abc"));
}

static void
cgroup_find_does_not_take_a_part_of_a_name_for_it(void)
{
	struct cgroup_paths p;

	cgroup_find("3:mem:/a\n2:memory2:/b\n1:xmemory:/c\n4:cpu:/d\n",
	    "31 25 0:27 / /m rw - cgroup cgroup rw,memory_recursiveprot\n"
	    "32 25 0:27 / /c rw - cgroup cgroup rw,cpu,cpuacct\n",
	    &p);
	CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_MEMORY], "");
	CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_CPUACCT], "");
}

static void
cgroup_find_finds_nothing_where_there_is_nothing(void)
{
	static const struct {
		const char *cgroup, *mounts;
	} cases[] = {
		{ "", "" },
		{ "", V1_MOUNTS },
		{ V1_PATHS, "" },
		{ V1_PATHS, ROOT_LINE },
		{ "0::/x\n", V1_MOUNTS },
		{ V1_PATHS, V2_MOUNTS },
		{ "nonsense", "nonsense" },
		{ ":\n::\n:::\n", " - \n - - -\n" },
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		struct cgroup_paths p;

		memset(&p, 'x', sizeof p);
		cgroup_find(cases[i].cgroup, cases[i].mounts, &p);
		CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_MEMORY], "");
		CU_ASSERT_STRING_EQUAL(p.dir[CGROUP_C_FREEZER], "");
	}
}

static void
cgroup_find_needs_no_newline_at_the_end(void)
{
	struct cgroup_paths p;

	cgroup_find(
	    "0::/x", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", &p);
	CU_ASSERT(is_at(&p, CGROUP_C_PIDS, true, "/sys/fs/cgroup/x"));
}

static void
cgroup_find_refuses_paths_that_do_not_fit(void)
{
	struct cgroup_paths p;
	char path[700];

	memset(path, 'x', sizeof path);
	memcpy(path, "0::/", 4);
	for (size_t n = 490; n < sizeof path; n++) {
		size_t whole = strlen("/sys/fs/cgroup") + n - 3;
		char last = path[n];

		path[n] = '\0';
		cgroup_find(path, V2_MOUNTS, &p);
		CU_ASSERT_EQUAL(strlen(p.dir[CGROUP_C_PIDS]),
		    whole < sizeof p.dir[0] ? whole : 0);
		path[n] = last;
	}
}

static void
cgroup_without_files_can_do_nothing(void)
{
	struct cgroup cg;
	struct err e;

	cgroup_init(&cg);
	CU_ASSERT_FALSE(cgroup_can_freeze(&cg));
	CU_ASSERT_FALSE(cgroup_can_limit(&cg));
	CU_ASSERT_EQUAL(cgroup_oom_kills(&cg), -1);
	CU_ASSERT_EQUAL(cgroup_cpu_us(&cg), -1);
	CU_ASSERT_TRUE(cgroup_is_empty(&cg));
	CU_ASSERT_FALSE(cgroup_has(&cg, 1));
	CU_ASSERT_EQUAL(cgroup_thaw(&cg, &e), -1);
	cgroup_close(&cg);
}

static bool
lists(const char *mountinfo, const char *const *folders, size_t n)
{
	struct cgroup_mounts m;

	cgroup_list_mounts(mountinfo, &m);
	for (size_t i = 0; i < m.n && i < n; i++)
		if (strcmp(m.folder[i], folders[i]) != 0) {
			fprintf(stderr, "'%s'\n", m.folder[i]);
			return false;
		}
	return m.n == n;
}

static void
cgroup_mounts_are_those_with_a_file_for_us(void)
{
	static const char *const v1[] = { "/sys/fs/cgroup/cpu,cpuacct",
		"/sys/fs/cgroup/memory", "/sys/fs/cgroup/freezer",
		"/sys/fs/cgroup/pids" };
	static const char *const v2[] = { "/sys/fs/cgroup" };

	CU_ASSERT(lists(V1_MOUNTS
	    "36 25 0:31 / /sys/fs/cgroup/devices rw - cgroup cgroup "
	    "rw,devices\n",
	    v1, nitems(v1)));
	CU_ASSERT(lists(V2_MOUNTS, v2, nitems(v2)));
	CU_ASSERT(lists(ROOT_LINE, NULL, 0));
	CU_ASSERT(lists("", NULL, 0));
}

static void
cgroup_mounts_are_bounded(void)
{
	static const char line[] =
	    "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
	char text[40 * sizeof line] = "";
	struct cgroup_mounts m;

	for (size_t i = 0; i < 40; i++)
		memcpy(text + i * (sizeof line - 1), line, sizeof line);
	cgroup_list_mounts(text, &m);
	CU_ASSERT_EQUAL(m.n, CGROUP_MOUNTS_MAX);
}

void
add_cgroup_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(cgroup_find_finds_each_controller_of_v1),
		TEST_ROW(cgroup_find_finds_the_one_directory_of_v2),
		TEST_ROW(cgroup_find_takes_what_v1_lacks_from_v2),
		TEST_ROW(
		    cgroup_find_removes_the_root_of_the_mount_from_the_path),
		TEST_ROW(
		    cgroup_find_finds_nothing_outside_the_root_of_the_mount),
		TEST_ROW(
		    cgroup_find_looks_past_a_mount_that_does_not_show_the_path),
		TEST_ROW(cgroup_find_takes_a_path_with_a_space),
		TEST_ROW(cgroup_find_takes_a_mount_point_with_a_space),
		TEST_ROW(cgroup_find_does_not_take_a_part_of_a_name_for_it),
		TEST_ROW(cgroup_find_finds_nothing_where_there_is_nothing),
		TEST_ROW(cgroup_find_needs_no_newline_at_the_end),
		TEST_ROW(cgroup_find_refuses_paths_that_do_not_fit),
		TEST_ROW(cgroup_without_files_can_do_nothing),
		TEST_ROW(cgroup_mounts_are_those_with_a_file_for_us),
		TEST_ROW(cgroup_mounts_are_bounded),
	};

	suite_add("cgroup", tests, nitems(tests));
}
