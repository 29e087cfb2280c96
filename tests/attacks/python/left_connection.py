# attack: leave a connection that cannot end
# tries: Makes the ends of a connection deaf to each other, or slow as a snail,
#   fills them and closes both; sockets, their memory and their namespace would
#   stay for minutes. Takes the machine's IPv6 flow labels.
# wall: seccomp
# rule: setsockopt
# without: The next programs have no buffers left, the machine no labels, and
#   each run costs it a network namespace.
# expect: ok
# runs: plant look

import socket
import struct
import sys

DEAF = [("IP_MINTTL", socket.IPPROTO_IP, 21, 255),
        ("IPV6_MINHOPCOUNT", socket.IPPROTO_IPV6, 73, 255),
        ("SO_MAX_PACING_RATE", socket.SOL_SOCKET, 47, 300)]


def refused(name, end, level, option, value):
    try:
        end.setsockopt(level, option, value)
        print("ESCAPED: %s: set" % name)
    except OSError as error:
        print("stopped: %s: %s" % (name, error.strerror))


if sys.argv[1] == "plant":
    for name, level, option, value in DEAF:
        family = (socket.AF_INET6 if level == socket.IPPROTO_IPV6
                  else socket.AF_INET)
        refused(name, socket.socket(family), level, option, value)
    for i in range(3):
        label = (socket.inet_pton(socket.AF_INET6, "::1") +
                 struct.pack("!I", 0xbeef + i) +
                 struct.pack("=BBHHHI", 0, 255, 1, 60, 60, 0))
        refused("flow label", socket.socket(socket.AF_INET6), 41, 32, label)
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    client.setblocking(False)
    try:
        while client.send(b"x" * 65536):
            pass
    except BlockingIOError:
        pass
else:
    for name in "tcp", "tcp6", "udp", "unix", "ip6_flowlabel":
        try:
            with open("/proc/net/" + name) as listed:
                lines = listed.read().splitlines()[1:]
        except FileNotFoundError:
            lines = []
        print("%s: %s: %s" % ("ESCAPED" if lines else "stopped", name, lines))
