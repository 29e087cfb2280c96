// attack: mount, the old calls
// tries: Mounts a tmpfs and a bind, makes the root writable, changes the root,
//   takes a mount away: by mount, umount2 and pivot_root.
// wall: seccomp
// rule: mount umount2 pivot_root chroot
// without: The program could lay its own files over those of the system, or
//   unmask what is masked.
// expect: ok

#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_mount_classic(int argc, char **argv);

int
attack_mount_classic(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("mount a tmpfs", mount("x", "/tmp", "tmpfs", 0, NULL));
	must_fail("mount a proc", mount("x", "/tmp", "proc", 0, NULL));
	must_fail("bind /usr to /tmp",
	    mount("/usr", "/tmp", NULL, MS_BIND | MS_REC, NULL));
	must_fail("make / writable",
	    mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	must_fail("unmount /tmp", umount2("/tmp", MNT_DETACH));
	must_fail("change the root", chroot("/tmp"));
	/* A pointer to nowhere: only a filter says EPERM to that. */
	must_be_filtered("mount, bad pointers",
	    mount((char *)1, (char *)1, (char *)1, 0, NULL));
	must_be_filtered(
	    "pivot_root, bad pointers", syscall(SYS_pivot_root, 1, 1));
	must_be_filtered("umount2, bad flags", umount2("/tmp", 0x4000));
	must_be_filtered("chroot, bad pointer", chroot((char *)1));
	return 0;
}
