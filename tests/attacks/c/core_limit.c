// attack: a core dump on the host
// tries: Raises RLIMIT_CORE, sets it to 0 (where a core_pattern that is a pipe
//   still starts, as root on the host), and crashes.
// wall: rlimit
// without: The host's crash handler runs as root on data of the program's
//   choosing, and cores fill the disk.
// expect: ok

#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void
crash(void *unused)
{
	(void)unused;
	prctl(PR_SET_DUMPABLE, 1);
	abort();
}

int attack_core_limit(int argc, char **argv);

int
attack_core_limit(int argc, char **argv)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit none = { 0, 0 };
	struct rlimit now;
	int status;

	(void)argc, (void)argv;
	must_fail("setrlimit, no limit", setrlimit(RLIMIT_CORE, &all));
	must_fail("prlimit, no limit", prlimit(0, RLIMIT_CORE, &all, NULL));
	must_fail("prlimit, 0", prlimit(0, RLIMIT_CORE, &none, NULL));
	getrlimit(RLIMIT_CORE, &now);
	if (now.rlim_max > 1)
		escaped("the limit", "%llu", (unsigned long long)now.rlim_max);
	status = in_child(crash, NULL);
	if (WCOREDUMP(status))
		escaped("crash", "a core was written");
	else
		stopped("crash", "signal %d, no core", WTERMSIG(status));
	return 0;
}
