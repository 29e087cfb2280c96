// attack: open files by handle
// tries: name_to_handle_at of the root, and open_by_handle_at of handles that
//   it makes up (inode 2 is a file system's root): how "shocker" left Docker.
// wall: seccomp
// rule: name_to_handle_at open_by_handle_at
// without: With one capability, any file of the host's disk.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_file_handles(int argc, char **argv);

int
attack_file_handles(int argc, char **argv)
{
	union {
		struct file_handle head;
		char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .head = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount_id;

	(void)argc, (void)argv;
	must_be_filtered("the handle of nothing",
	    name_to_handle_at(-1, "", &h.head, &mount_id, 0));
	must_fail("the handle of /",
	    name_to_handle_at(AT_FDCWD, "/", &h.head, &mount_id, 0));
	h.head = (struct file_handle){ .handle_bytes = 8, .handle_type = 1 };
	h.head.f_handle[0] = 2;
	must_fail("inode 2 of /etc",
	    open_by_handle_at(open("/etc/hosts", O_RDONLY), &h.head, O_RDONLY));
	return 0;
}
