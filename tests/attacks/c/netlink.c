// attack: ask the kernel by netlink
// tries: A netlink socket of every protocol: routes, socket diagnostics, audit,
//   kernel events, cryptography.
// wall: seccomp
// rule: socket
// without: Some protocols answer for the whole machine, and netfilter's parser
//   is a common way to root.
// expect: ok

#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_netlink(int argc, char **argv);

int
attack_netlink(int argc, char **argv)
{
	char what[32];

	(void)argc, (void)argv;
	for (int protocol = 0; protocol < MAX_LINKS; protocol++) {
		snprintf(what, sizeof what, "protocol %d", protocol);
		must_be_filtered(what, socket(AF_NETLINK, SOCK_RAW, protocol));
	}
	return 0;
}
