#define _GNU_SOURCE
#include "runner/net.h"

#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"

#define IPV6_OFF "proc/sys/net/ipv6/conf/lo/disable_ipv6"

/* Some 9 KB together; what does not fit would make every look differ. */
#define COUNTERS_MAX 65536

/*
 * Every packet, error and failed attempt: nobody comes to a socket that waits
 * without being counted here.  (sockstat would count the waiting ones, but
 * most of its figures are of the whole machine.)
 */
static const char *const counters[] = {
	"/proc/net/snmp",
	"/proc/net/snmp6",
	"/proc/net/netstat",
	"/proc/net/dev",
};

/* A kernel without IPv6 has not all of them. */
static size_t
read_file(const char *path, char *to, size_t max)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = 0;

	while (
	    fd >= 0 && have < max && (n = read(fd, to + have, max - have)) > 0)
		have += (size_t)n;
	return have;
}

/* The first of them is there on every kernel.  NULL: no look is possible. */
static char *
look(void)
{
	auto_free char *text = malloc(COUNTERS_MAX);
	size_t have = 0;

	if (text == NULL || read_file(counters[0], text, COUNTERS_MAX - 1) == 0)
		return NULL;
	for (size_t i = 0; i < nitems(counters); i++)
		have += read_file(
		    counters[i], text + have, COUNTERS_MAX - 1 - have);
	text[have] = '\0';
	return steal_ptr(&text);
}

void
net_init(struct net *n)
{
	char off[4] = "";

	n->pristine = look();
	(void)read_file("/" IPV6_OFF, off, sizeof off - 1);
	n->ipv6_off = off[0] == '1';
}

bool
net_was_used(const struct net *n)
{
	auto_free char *now = look();

	return now == NULL || n->pristine == NULL ||
	    strcmp(now, n->pristine) != 0;
}

int
net_bring_up(bool ipv6_off, struct err *e)
{
	auto_close int fd = -1;
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (ipv6_off) {
		auto_close int off = open(IPV6_OFF, O_WRONLY | O_CLOEXEC);

		if (off < 0 || write(off, "1", 1) < 0)
			return err_errno(e, "cannot set " IPV6_OFF);
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		return err_errno(e, "cannot start the loopback");
	return 0;
}
