// attack: trace every process
// tries: ptrace: attach to and seize every visible process, and let a child be
//   traced.
// wall: seccomp
// rule: ptrace
// without: Who can trace the process that reports results can write its own
//   result, and read the code of others.
// expect: ok

#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define SEIZE 0x4206

static void
be_traced(void *unused)
{
	(void)unused;
	must_be_filtered(
	    "be traced by the parent", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

int attack_trace_processes(int argc, char **argv);

int
attack_trace_processes(int argc, char **argv)
{
	pid_t pids[64];
	size_t n = visible_pids(pids, nitems(pids));
	char what[64];

	(void)argc, (void)argv;
	for (size_t i = 0; i < n; i++) {
		snprintf(what, sizeof what, "attach to process %d", pids[i]);
		must_fail(what, ptrace(PTRACE_ATTACH, pids[i], NULL, NULL));
		snprintf(what, sizeof what, "seize process %d", pids[i]);
		must_fail(what, ptrace(SEIZE, pids[i], NULL, NULL));
	}
	/* The kernel itself would say that there is no such process. */
	must_be_filtered(
	    "attach to no process", ptrace(PTRACE_ATTACH, 4194305, NULL, NULL));
	in_child(be_traced, NULL);
	return 0;
}
