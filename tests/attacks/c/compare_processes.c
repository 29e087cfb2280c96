// attack: compare kernel objects of processes
// tries: kcmp, which tells whether two processes share memory, files or a table
//   of descriptors, and orders the kernel's pointers.
// wall: seccomp
// rule: kcmp
// without: It says something of where things are in the kernel.
// expect: ok

#define _GNU_SOURCE
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_compare_processes(int argc, char **argv);

int
attack_compare_processes(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_be_filtered("myself with myself",
	    syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0));
	must_fail("my output with that of process 1",
	    syscall(SYS_kcmp, getpid(), 1, KCMP_FILE, 1, 1));
	return 0;
}
