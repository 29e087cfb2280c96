// attack: a filter of one's own
// tries: Loads a seccomp filter that allows everything, and one that answers in
//   place of the kernel by a listener; then calls what is forbidden.
// wall: seccomp
// rule: ptrace
// without: If the last filter won, the first would be worth nothing.
// expect: ok

#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_own_filter(int argc, char **argv);

int
attack_own_filter(int argc, char **argv)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog all = { .len = 1, .filter = &allow };
	long result;

	(void)argc, (void)argv;
	result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &all);
	stopped("allow all", "%s",
	    result == 0 ? "loaded, on top of the other" :
			  strerrorname_np(errno));
	must_be_filtered(
	    "ptrace under it", ptrace(PTRACE_ATTACH, 4194305, NULL, NULL));
	must_fail("no filter any more", prctl(PR_SET_SECCOMP, 0));
	must_fail(
	    "new privileges again", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return 0;
}
