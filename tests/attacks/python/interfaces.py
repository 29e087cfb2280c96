# attack: look for a network
# tries: Lists interfaces, routes, neighbours and connections, makes an
#   interface and a route by ioctl, sends a broadcast and joins a group.
# wall: container
# without: The map of the inner network.
# expect: ok

import array
import fcntl
import socket
import struct

SIOCSIFFLAGS, SIOCSIFADDR, SIOCADDRT, SIOCBRADDBR = (
    0x8914, 0x8916, 0x890b, 0x89a0)

with open("/proc/net/dev", encoding="ascii") as file:
    names = [line.split(":")[0].strip() for line in file.readlines()[2:]]
print("%s: interfaces: %s" % (
    "stopped" if set(names) == {"lo"} else "ESCAPED", names))
for name in ("route", "arp", "ipv6_route", "if_inet6"):
    with open("/proc/net/" + name, encoding="ascii") as file:
        lines = [line for line in file if not line.rstrip().endswith("lo")
                 and not line.startswith(("Iface", "IP address"))]
    print("%s: %s: %s" % ("ESCAPED" if lines else "stopped", name, lines))
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
request = array.array("B", struct.pack("16sH14x8x", b"lo", 0))
for what in (SIOCSIFFLAGS, SIOCSIFADDR, SIOCADDRT, SIOCBRADDBR):
    try:
        fcntl.ioctl(one, what, request)
        print("ESCAPED: ioctl %#x: done" % what)
    except OSError as error:
        print("stopped: ioctl %#x: %s" % (what, error.strerror))
one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for address in ("255.255.255.255", "224.0.0.251", "172.17.255.255"):
    try:
        one.sendto(b"x", (address, 5353))
        print("ESCAPED: send to %s: sent" % address)
    except OSError as error:
        print("stopped: send to %s: %s" % (address, error.strerror))
