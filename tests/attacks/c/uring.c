// attack: io_uring
// tries: io_uring_setup, io_uring_enter and io_uring_register; calls that are
//   queued there pass no filter.
// wall: seccomp
// rule: io_uring_setup io_uring_enter io_uring_register
// without: Opening, connecting, renaming would all go past the filter, and the
//   code behind has had many holes.
// expect: ok

#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_uring(int argc, char **argv);

int
attack_uring(int argc, char **argv)
{
	char parameters[120];

	(void)argc, (void)argv;
	memset(parameters, 0, sizeof parameters);
	must_be_filtered("a ring", syscall(SYS_io_uring_setup, 8, parameters));
	must_be_filtered("enter", syscall(SYS_io_uring_enter, -1, 1, 0, 0, 0));
	must_be_filtered(
	    "register", syscall(SYS_io_uring_register, -1, 0, 0, 0));
	return 0;
}
