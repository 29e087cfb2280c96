// attack: raise capabilities
// tries: capset of each capability, the ambient set, the bounding set, keeping
//   capabilities over a change of user, and the securebits.
// wall: container
// without: One capability is often enough for a way out.
// expect: ok

#define _GNU_SOURCE
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void
raise(unsigned capability)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	char what[32];

	snprintf(what, sizeof what, "capability %u", capability);
	data[capability / 32].permitted = 1U << (capability % 32);
	data[capability / 32].effective = 1U << (capability % 32);
	must_fail(what, syscall(SYS_capset, &head, data));
	snprintf(what, sizeof what, "ambient %u", capability);
	must_fail(what,
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
	if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) != 0)
		escaped("bounding set", "it has %u", capability);
}

int attack_capability_sets(int argc, char **argv);

int
attack_capability_sets(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (unsigned i = 0; i <= CAP_LAST_CAP; i++)
		raise(i);
	must_fail("securebits", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
	must_fail("another user", setresuid(0, 0, 0));
	must_fail("another group", setresgid(0, 0, 0));
	must_fail("my memory's layout",
	    prctl(PR_SET_MM, PR_SET_MM_BRK, 0x1000, 0, 0));
	return 0;
}
