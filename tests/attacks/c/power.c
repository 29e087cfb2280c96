// attack: the administrator's calls
// tries: reboot, swapon, swapoff, acct, syslog, vhangup, quotactl.
// wall: seccomp
// rule: reboot swapon swapoff acct syslog vhangup quotactl
// without: A restart, another user's quota, or the kernel's log with addresses
//   in it.
// expect: ok

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_power(int argc, char **argv);

int
attack_power(int argc, char **argv)
{
	char log[256];

	(void)argc, (void)argv;
	/* Wrong magic numbers: a kernel that listened would say EINVAL. */
	must_fail("reboot", syscall(SYS_reboot, 1, 2, 3, 0));
	must_fail("swapon", syscall(SYS_swapon, "/tmp/swap", 0));
	must_fail("swapoff", syscall(SYS_swapoff, "/tmp/swap"));
	must_fail("acct", syscall(SYS_acct, "/tmp/acct"));
	must_be_filtered(
	    "syslog, no such action", syscall(SYS_syslog, 99, log, sizeof log));
	must_fail(
	    "read the kernel's log", syscall(SYS_syslog, 3, log, sizeof log));
	must_fail("vhangup", syscall(SYS_vhangup));
	must_be_filtered(
	    "quotactl, no such command", syscall(SYS_quotactl, ~0U, 1, 0, 0));
#ifdef SYS_quotactl_fd
	must_be_filtered("quotactl_fd, no such descriptor",
	    syscall(SYS_quotactl_fd, -1, 0, 0, 0));
#endif
	return 0;
}
