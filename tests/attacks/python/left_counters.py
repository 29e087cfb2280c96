# attack: leave a message in counters
# tries: Sends some packets over its own loopback; the next program reads the
#   counters of interface and protocols: a number that somebody left.
# wall: namespace
# without: A channel between programs, and what a program reads depends on who
#   ran before.
# expect: ok
# runs: plant look

import socket
import sys


def counters():
    """{name: value} of the loopback and of what protocols have counted."""
    found = {}
    with open("/proc/net/dev", encoding="ascii") as file:
        for line in file.readlines()[2:]:
            name, values = line.split(":")
            found[name.strip()] = sum(map(int, values.split()))
    with open("/proc/net/snmp", encoding="ascii") as file:
        for names, values in zip(*[iter(file)] * 2):
            for name, value in zip(names.split()[1:], values.split()[1:]):
                # These are settings, not counters.
                if name not in ("Forwarding", "DefaultTTL", "RtoAlgorithm",
                                "RtoMin", "RtoMax", "MaxConn"):
                    found[names.split()[0] + name] = int(value)
    return {name: value for name, value in found.items() if value}


if sys.argv[1] == "plant":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for _ in range(42):
            one.sendto(b"x", ("127.0.0.1", 9))
    print("stopped: plant: %s" % counters())
elif counters():
    print("ESCAPED: counters: %s" % counters())
else:
    print("stopped: counters: all zero")
