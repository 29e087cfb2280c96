// attack: the hardware itself
// tries: On x86-64 iopl, ioperm and modify_ldt; everywhere the devices for
//   memory and ports.
// wall: seccomp
// rule: iopl ioperm modify_ldt
// without: Ports reach the disk directly; modify_ldt has had holes.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_hardware(int argc, char **argv);

int
attack_hardware(int argc, char **argv)
{
	static const char *const devices[] = { "/dev/mem", "/dev/kmem",
		"/dev/port", "/dev/cpu/0/msr", "/dev/kvm", "/dev/fuse",
		"/dev/net/tun", "/dev/loop-control", "/dev/sda", "/dev/vda",
		"/dev/nvme0n1", "/dev/kmsg", "/dev/vhost-net" };

	(void)argc, (void)argv;
#ifdef __x86_64__
	must_be_filtered("iopl, bad level", syscall(SYS_iopl, 99));
	must_be_filtered("ioperm, bad port", syscall(SYS_ioperm, ~0UL, 1, 1));
	must_be_filtered(
	    "modify_ldt, bad function", syscall(SYS_modify_ldt, 99, 0, 0));
	must_be_filtered("modify_ldt, read", syscall(SYS_modify_ldt, 0, 0, 0));
#endif
	for (size_t i = 0; i < nitems(devices); i++)
		must_fail(devices[i], open(devices[i], O_RDWR | O_NONBLOCK));
	return 0;
}
