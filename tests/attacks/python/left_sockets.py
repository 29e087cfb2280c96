# attack: leave sockets behind
# tries: A daemon holds an abstract socket, TCP and UDP listeners on loopback,
#   and a crowd of half-closed connections; the next program connects.
# wall: namespace
# without: A listener catches what the next program sends to its own server.
# expect: ok
# runs: plant look

import os
import socket
import sys
import time

PLACES = ((socket.AF_UNIX, socket.SOCK_STREAM, "\0left"),
          (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 7777)),
          (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 7777)),
          (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 7777)))


def daemon():
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    kept = []
    for family, kind, address in PLACES:
        try:
            kept.append(socket.socket(family, kind))
            kept[-1].bind(address)
            kept[-1].listen()
        except OSError:
            pass
    for _ in range(20):             # closed by us first: TIME_WAIT
        with socket.socket() as client:
            client.connect(("127.0.0.1", 7777))
            server = kept[1].accept()[0]
        server.close()
    time.sleep(600)


if sys.argv[1] == "plant":
    if os.fork() == 0:
        daemon()
    time.sleep(0.1)
    print("stopped: plant: it listens")
else:
    for family, kind, address in PLACES:
        with socket.socket(family, kind) as one:
            if kind == socket.SOCK_STREAM and one.connect_ex(address) == 0:
                print("ESCAPED: %s: somebody listens" % (address,))
        with socket.socket(family, kind) as one:
            try:
                one.bind(address)
                print("stopped: %s: free" % (address,))
            except OSError as error:
                print("ESCAPED: %s: %s" % (address, error.strerror))
    for name in ("tcp", "tcp6", "udp", "unix"):
        with open("/proc/net/" + name, encoding="ascii") as file:
            lines = file.readlines()[1:]
        if lines:
            print("ESCAPED: /proc/net/%s: %s" % (name, lines[0].strip()))
