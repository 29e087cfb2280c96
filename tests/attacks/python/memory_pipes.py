# attack: memory in pipes
# tries: Fills many pipes, each made as large as it may be: memory of the kernel
#   that belongs to no process.
# wall: cgroup
# without: Memory that no limit of a process sees, and that a kill of the
#   largest process does not free.
# expect: out_of_memory ok
# limits: {"memory_mb": 32, "wall_ms": 2000, "processes": 64}

import fcntl
import os
import time

LIMIT = 96 << 20
F_SETPIPE_SZ = 1031


def fill():
    """All the pipes that one process may have; gives the bytes."""
    got = 0
    while True:
        try:
            end, start = os.pipe()
        except OSError:
            return got
        try:
            fcntl.fcntl(start, F_SETPIPE_SZ, 1 << 20)
        except OSError:
            pass                # over the user's share: stays small
        os.set_blocking(start, False)
        try:
            while True:
                got += os.write(start, bytes(65536))
        except BlockingIOError:
            pass


total = 0
for _ in range(8):
    told, tell = os.pipe()
    if os.fork() == 0:
        os.write(tell, b"%d" % fill())
        time.sleep(30)
    total += int(os.read(told, 20))
if total > LIMIT:
    print("ESCAPED: pipes: %d MB" % (total >> 20))
else:
    print("stopped: pipes: at %d MB" % (total >> 20))
