// attack: bits that the kernel does not look at
// tries: Forbidden arguments with something in their upper halves: a filter
//   compares 64 bits, the kernel takes 32, so a filter that says "not this
//   value" lets them pass.
// wall: seccomp
// rule: socket personality setrlimit prlimit64 prctl ioctl clone
// without: A rule that forbids single values is no rule at all.
// expect: ok

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static const unsigned long uppers[] = { 1UL << 32, 1UL << 63,
	0xffffffff00000000UL };

static void
clone_with(unsigned long upper)
{
	long pid = syscall(
	    SYS_clone, upper | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	must_fail("clone of a user namespace", pid);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
}

int attack_wide_arguments(int argc, char **argv);

int
attack_wide_arguments(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };

	(void)argc, (void)argv;
	for (size_t i = 0; i < nitems(uppers); i++) {
		unsigned long upper = uppers[i];

		must_be_filtered("a socket of the hypervisor",
		    syscall(SYS_socket, upper | AF_VSOCK, SOCK_STREAM, 0));
		must_be_filtered("a socket of netlink",
		    syscall(SYS_socket, upper | AF_NETLINK, SOCK_RAW, 0));
		must_fail("personality",
		    syscall(SYS_personality, upper | ADDR_NO_RANDOMIZE));
		must_fail("no core limit",
		    syscall(SYS_prlimit64, 0, upper | RLIMIT_CORE, &none, 0));
#ifdef SYS_setrlimit
		must_fail("no core limit, the old call",
		    syscall(SYS_setrlimit, upper | RLIMIT_CORE, &none));
#endif
		must_fail("type into a terminal",
		    syscall(SYS_ioctl, 0, upper | TIOCSTI, "x"));
		clone_with(upper);
	}
	return 0;
}
