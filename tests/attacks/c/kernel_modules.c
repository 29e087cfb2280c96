// attack: put code into the kernel
// tries: init_module, finit_module, delete_module, kexec_load, kexec_file_load.
// wall: seccomp
// rule: init_module finit_module delete_module kexec_load kexec_file_load
// without: Root would own the machine; without root there is no need to be
//   near.
// expect: ok

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_kernel_modules(int argc, char **argv);

int
attack_kernel_modules(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("init_module", syscall(SYS_init_module, "", 0, ""));
	must_fail("finit_module", syscall(SYS_finit_module, 0, "", 0));
	must_fail("delete_module", syscall(SYS_delete_module, "none", 0));
	must_fail("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, ~0UL));
#ifdef SYS_kexec_file_load
	must_fail("kexec_file_load",
	    syscall(SYS_kexec_file_load, -1, -1, 0, "", ~0UL));
#endif
	return 0;
}
