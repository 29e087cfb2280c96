/*
 * tests/unit/test_rights.c -- what our processes give up, common/rights.c and
 * common/landlock.c.  What cannot be had back is given up in a child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/landlock.h"
#include "common/rights.h"
#include "tests/unit/suites.h"

/* ---- plan ------------------------------------------------------------- */

static struct rights_plan
plan_of(enum role role, uint32_t uid_now)
{
	struct settings s;

	settings_defaults(&s);
	return rights_plan(role, &s, uid_now);
}

static void
root_gives_web_and_worker_ids_of_their_own(void)
{
	struct rights_plan web = plan_of(ROLE_WEB, 0);
	struct rights_plan worker = plan_of(ROLE_WORKER, 0);

	CU_ASSERT(web.as_root && web.empty_root && !web.cgroups);
	CU_ASSERT_EQUAL(web.uid, 199998);
	CU_ASSERT(worker.as_root && worker.empty_root && !worker.cgroups);
	CU_ASSERT_EQUAL(worker.uid, 199999);
}

static void
root_leaves_the_pool_its_id_and_the_cgroups(void)
{
	struct rights_plan pool = plan_of(ROLE_POOL, 0);

	CU_ASSERT(pool.as_root && !pool.empty_root && pool.cgroups);
	CU_ASSERT_EQUAL(pool.uid, 0);
}

static void
another_user_keeps_its_id_and_its_root(void)
{
	static const enum role roles[] = { ROLE_WEB, ROLE_WORKER, ROLE_POOL };

	for (size_t i = 0; i < nitems(roles); i++) {
		struct rights_plan plan = plan_of(roles[i], 1000);

		CU_ASSERT(!plan.as_root && !plan.empty_root);
		CU_ASSERT_EQUAL(plan.uid, 1000);
		CU_ASSERT_EQUAL(plan.cgroups, roles[i] == ROLE_POOL);
	}
}

/* ---- landlock --------------------------------------------------------- */

static void
landlock_takes_what_each_kernel_can(void)
{
	static const struct {
		int abi;
		struct landlock_taken all;
	} rows[] = {
		{ 0, { 0, 0, 0 } },
		{ 1, { 0x1fff, 0, 0 } },
		{ 2, { 0x3fff, 0, 0 } },
		{ 3, { 0x7fff, 0, 0 } },
		{ 4, { 0x7fff, 3, 0 } },
		{ 5, { 0xffff, 3, 0 } },
		{ 6, { 0xffff, 3, 3 } },
		{ 99, { 0xffff, 3, 3 } },
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct landlock_taken all = landlock_all(rows[i].abi);

		CU_ASSERT_EQUAL(all.files, rows[i].all.files);
		CU_ASSERT_EQUAL(all.network, rows[i].all.network);
		CU_ASSERT_EQUAL(all.scopes, rows[i].all.scopes);
	}
}

/* Runs f in a child; true when it returns 0. */
static bool
holds_in_child(int (*f)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(f());
	waitpid(pid, &status, 0);
	if (status != 0)
		fprintf(stderr, "the child ended with %#x\n", (unsigned)status);
	return status == 0;
}

static bool
opens(const char *path, int flags)
{
	auto_close int fd = open(path, flags | O_CLOEXEC);

	return fd >= 0;
}

/* 0, or the errno of a connection to a port that nobody listens to. */
static int
connect_error(void)
{
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(1),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
}

#define CLAIM(what)                                                   \
	do {                                                          \
		if (!(what)) {                                        \
			fprintf(stderr, "in the child: %s\n", #what); \
			return 1;                                     \
		}                                                     \
	} while (0)

static int
confined_but_for_one_folder(void)
{
	const struct landlock_path paths[] = {
		{ "/dev", LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE },
		{ "/there/is/no/such/folder", LANDLOCK_READ_FILE },
	};
	int abi = landlock_abi();
	struct err e;

	CLAIM(opens("/etc/passwd", O_RDONLY) && opens("/dev/null", O_RDWR));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	CLAIM(landlock_confine(abi, paths, nitems(paths), &e) == 0);
	CLAIM(opens("/dev/null", O_RDWR));
	CLAIM(!opens("/etc/passwd", O_RDONLY) && errno == EACCES);
	CLAIM(!opens("/", O_RDONLY | O_DIRECTORY) && errno == EACCES);
	CLAIM(!opens("/dev", O_RDONLY | O_DIRECTORY) && errno == EACCES);
	CLAIM(mkdir("/dev/shm/rights-test", 0700) < 0 && errno == EACCES);
	CLAIM(abi < 4 || connect_error() == EACCES);
	CLAIM(abi < 6 || (kill(getppid(), 0) < 0 && errno == EPERM));
	return 0;
}

static void
landlock_confines_to_the_folders_that_are_named(void)
{
	if (landlock_abi() > 0)
		CU_ASSERT(holds_in_child(confined_but_for_one_folder));
}

/* ---- all of it -------------------------------------------------------- */

static bool
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0;
}

static int
drop(enum role role, struct rights *r)
{
	struct settings s;
	struct err e;

	settings_defaults(&s);
	if (rights_drop(role, &s, r, &e) == 0)
		return 0;
	fprintf(stderr, "rights_drop: %s\n", e.text);
	return -1;
}

static int
left_to(enum role role)
{
	bool root = geteuid() == 0;
	struct rights r;

	CLAIM(drop(role, &r) == 0);
	CLAIM(r.capabilities == 0 && r.no_new_privs);
	CLAIM(r.empty_root == (root && role != ROLE_POOL));
	CLAIM(r.landlock == landlock_abi() || r.seccomp);
	CLAIM(!forks() || !r.seccomp); /* root has no limit of processes */
	CLAIM(write(STDERR_FILENO, "", 0) == 0);
	if (root || r.landlock > 0) {
		CLAIM(!opens("/etc/passwd", O_RDONLY) || role == ROLE_POOL);
		CLAIM(!opens("/", O_RDONLY | O_DIRECTORY) || role == ROLE_POOL);
	}
	if (r.landlock > 0) {
		CLAIM(!opens("/etc/passwd", O_RDONLY));
		CLAIM(!opens("/proc/sys/kernel/hostname", O_WRONLY));
		CLAIM(!opens("/dev/null", O_WRONLY));
	}
	CLAIM(opens("/proc/self/cgroup", O_RDONLY) == (role == ROLE_POOL) ||
	    (!root && r.landlock == 0));
	return 0;
}

static int
left_to_web(void)
{
	return left_to(ROLE_WEB);
}

static int
left_to_worker(void)
{
	return left_to(ROLE_WORKER);
}

static int
left_to_pool(void)
{
	return left_to(ROLE_POOL);
}

static void
web_has_no_file_and_no_child(void)
{
	CU_ASSERT(holds_in_child(left_to_web));
}

static void
worker_has_no_file_and_no_child(void)
{
	CU_ASSERT(holds_in_child(left_to_worker));
}

static void
pool_has_proc_and_no_child(void)
{
	CU_ASSERT(holds_in_child(left_to_pool));
}

static int
in_an_unmapped_id(void)
{
	struct settings s;
	struct rights r;
	struct err e = { 0 };

	settings_defaults(&s);
	s.web_uid = (uint32_t)-1; /* "as it is", to the kernel */
	CLAIM(rights_drop(ROLE_WEB, &s, &r, &e) < 0);
	CLAIM(strstr(e.text, "giving up rights") != NULL);
	return 0;
}

static void
what_cannot_be_given_up_is_an_error(void)
{
	if (geteuid() == 0)
		CU_ASSERT(holds_in_child(in_an_unmapped_id));
}

static void
rights_json_has_capabilities_in_hexadecimal(void)
{
	const struct rights r = {
		.uid = 5,
		.gid = 6,
		.no_new_privs = true,
		.empty_root = true,
		.landlock = 7,
		.capabilities_before = 0x1ffull << 32,
	};
	json_t *json = rights_json(&r);
	auto_free char *text = json_dumps(json, JSON_COMPACT);

	CU_ASSERT_STRING_EQUAL(text,
	    "{\"uid\":5,\"gid\":6,\"root\":\"empty\",\"landlock\":7,"
	    "\"seccomp\":false,\"no_new_privs\":true,"
	    "\"capabilities\":\"0000000000000000\","
	    "\"capabilities_before\":\"000001ff00000000\"}");
	json_decref(json);
}

static const struct test_row rows[] = {
	TEST_ROW(root_gives_web_and_worker_ids_of_their_own),
	TEST_ROW(root_leaves_the_pool_its_id_and_the_cgroups),
	TEST_ROW(another_user_keeps_its_id_and_its_root),
	TEST_ROW(landlock_takes_what_each_kernel_can),
	TEST_ROW(landlock_confines_to_the_folders_that_are_named),
	TEST_ROW(web_has_no_file_and_no_child),
	TEST_ROW(worker_has_no_file_and_no_child),
	TEST_ROW(pool_has_proc_and_no_child),
	TEST_ROW(what_cannot_be_given_up_is_an_error),
	TEST_ROW(rights_json_has_capabilities_in_hexadecimal),
};

void
add_rights_suite(void)
{
	suite_add("rights", rows, nitems(rows));
}
