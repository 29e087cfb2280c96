#define _GNU_SOURCE
#include "common/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/auto.h"

/*
 * The kernel's interface, from its documentation: the headers of a
 * distribution are older than the kernels that people run.
 */
#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH      1

struct path_beneath {
	uint64_t allowed;
	int32_t folder_fd;
} __attribute__((packed));

static const struct {
	int abi;
	struct landlock_taken taken;
} since[] = {
	/* execute, read and write files, list, make and remove of all kinds */
	{ 1, { .files = (1ull << 13) - 1 } },
	{ 2, { .files = 1ull << 13 } }, /* link and rename across folders */
	{ 3, { .files = 1ull << 14 } }, /* truncate */
	{ 4, { .network = 1ull << 0 | 1ull << 1 } }, /* bind, connect TCP */
	{ 5, { .files = 1ull << 15 } },              /* ioctl of devices */
	{ 6, { .scopes = 1ull << 0 | 1ull << 1 } },
};

struct landlock_taken
landlock_all(int abi)
{
	struct landlock_taken all = { 0 };

	for (size_t i = 0; i < nitems(since) && since[i].abi <= abi; i++) {
		all.files |= since[i].taken.files;
		all.network |= since[i].taken.network;
		all.scopes |= since[i].taken.scopes;
	}
	return all;
}

int
landlock_abi(void)
{
	long abi = syscall(
	    SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static int
allow(int ruleset, const struct landlock_path *path, struct err *e)
{
	auto_close int fd = open(
	    path->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct path_beneath rule = {
		.allowed = path->allowed,
		.folder_fd = fd,
	};

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, "%s", path->folder);
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule,
		0) < 0)
		return err_errno(e, "landlock: %s", path->folder);
	return 0;
}

int
landlock_confine(
    int abi, const struct landlock_path *paths, size_t n, struct err *e)
{
	struct landlock_taken all = landlock_all(abi);
	/* An older kernel takes the longer struct, for its end is zero. */
	auto_close int ruleset = (int)syscall(
	    SYS_landlock_create_ruleset, &all, sizeof all, 0);

	if (ruleset < 0)
		return err_errno(e, "landlock");
	for (size_t i = 0; i < n; i++)
		if (allow(ruleset, &paths[i], e) < 0)
			return -1;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_errno(e, "landlock");
	return 0;
}
