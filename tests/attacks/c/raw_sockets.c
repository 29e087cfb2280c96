// attack: raw packets
// tries: Packet sockets, raw IPv4 and IPv6, and the ping socket.
// wall: container
// without: Forged packets to neighbours; capturing what others send.
// expect: ok

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_raw_sockets(int argc, char **argv);

int
attack_raw_sockets(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("packets", socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
	must_fail(
	    "packets, cooked", socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)));
	must_fail("raw IPv4", socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
	must_fail("raw ICMP", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	must_fail("raw IPv6", socket(AF_INET6, SOCK_RAW, IPPROTO_RAW));
	return 0;
}
