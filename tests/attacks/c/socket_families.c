// attack: every socket family there is
// tries: socket and socketpair for each family but local, IPv4 and IPv6: most
//   have code in the kernel that nobody has read for years.
// wall: seccomp
// rule: socket socketpair
// without: Protocol families are loaded as modules on demand; several of them
//   gave root to ordinary users.
// expect: ok

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define FAMILIES 64

static bool
is_allowed(int family)
{
	return family == AF_UNIX || family == AF_INET || family == AF_INET6;
}

/* Refused only by the filter: a family that is not there says otherwise. */
static void
try_family(int family)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
		SOCK_SEQPACKET };
	char what[64];
	int pair[2];

	for (size_t i = 0; i < nitems(types); i++) {
		snprintf(
		    what, sizeof what, "family %d, type %d", family, types[i]);
		must_be_filtered(what, socket(family, types[i], 0));
	}
	snprintf(what, sizeof what, "family %d, a pair", family);
	must_be_filtered(what, socketpair(family, SOCK_DGRAM, 0, pair));
}

int attack_socket_families(int argc, char **argv);

int
attack_socket_families(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (int family = 0; family < FAMILIES; family++)
		if (!is_allowed(family))
			try_family(family);
	return 0;
}
