# attack: leave descriptors in flight
# tries: Puts descriptors of a lock and of much memory into messages that nobody
#   will read, in sockets that hold each other, and ends; the next program wants
#   the lock, the memory, and to send descriptors itself.
# wall: sandbox
# without: Until the kernel collects them, the next program is short of memory
#   that it never used.
# expect: ok
# limits: {"memory_mb": 64}
# runs: plant look

import array
import fcntl
import os
import socket
import sys


def send(pair, descriptors):
    for end in pair:
        end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                              array.array("i", descriptors))])


lock = os.open("/etc/passwd", os.O_RDONLY)
if sys.argv[1] == "plant":
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for _ in range(20):
        memory = os.memfd_create("left")
        os.write(memory, b"x" * 1500000)
        pair = socket.socketpair()
        send(pair, [pair[0].fileno(), pair[1].fileno(), memory, lock, 0, 1])
        os.close(memory)
    print("stopped: plant: done")
else:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("stopped: lock: it is free")
    except OSError as error:
        print("ESCAPED: lock: %s" % error)
    try:
        for _ in range(20):
            send(socket.socketpair(), [lock] * 10)
        print("stopped: descriptors: can be sent")
    except OSError as error:
        print("ESCAPED: descriptors: %s" % error)
    print("stopped: memory: %d" % len(bytearray(40000000)))
