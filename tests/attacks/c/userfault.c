// attack: userfaultfd
// tries: A descriptor by which the program answers page faults itself.
// wall: seccomp
// rule: userfaultfd
// without: A page fault that waits as long as one likes wins nearly every race
//   against the kernel.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define USER_MODE_ONLY 1

int attack_userfault(int argc, char **argv);

int
attack_userfault(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("of everybody's faults", syscall(SYS_userfaultfd, 0));
	must_fail("of user-mode faults",
	    syscall(SYS_userfaultfd, O_CLOEXEC | USER_MODE_ONLY));
	must_be_filtered("bad flags", syscall(SYS_userfaultfd, ~0U));
	return 0;
}
