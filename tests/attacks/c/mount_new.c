// attack: mount, the new calls
// tries: The mount family of Linux 5.2 and later, which older filters do not
//   know: open_tree, fsopen, fsconfig, fsmount, move_mount, fspick,
//   mount_setattr.
// wall: seccomp
// rule: open_tree fsopen fsconfig fsmount move_mount fspick mount_setattr
// without: As with mount: own files over those of the system.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define OPEN_TREE_CLONE_BIT 1

int attack_mount_new(int argc, char **argv);

int
attack_mount_new(int argc, char **argv)
{
	(void)argc, (void)argv;
	/* Numbers above 423 are the same on every architecture. */
	must_be_filtered("open_tree of /tmp, without a clone",
	    syscall(428, AT_FDCWD, "/tmp", 0));
	must_be_filtered("open_tree of /tmp",
	    syscall(428, AT_FDCWD, "/tmp", OPEN_TREE_CLONE_BIT));
	must_be_filtered("move_mount", syscall(429, -1, 1, -1, 1, 0));
	must_be_filtered("fsopen", syscall(430, "tmpfs", ~0U));
	must_be_filtered("fsconfig", syscall(431, -1, 99, 0, 0, 0));
	must_be_filtered("fsmount", syscall(432, -1, ~0U, 0));
	must_be_filtered("fspick", syscall(433, AT_FDCWD, "/tmp", ~0U));
	must_be_filtered("mount_setattr", syscall(442, -1, 1, ~0U, 1, 0));
	return 0;
}
