# attack: forge a result
# tries: Writes what the runner itself would say, "exited with 0", to every
#   descriptor that it has and to those of all other processes, bare and in
#   Docker's stream format; then exits with 9.
# wall: framing
# without: The service takes the program's word for how it ended.
# expect: error

import os
import struct


def frame(kind, body):
    return struct.pack("<IB", len(body), kind) + body


EXIT, OUT, READY = 68, 66, 65
forged = (frame(OUT, b"ESCAPED: a forged line\n") +
          frame(EXIT, struct.pack("<BIBBQQQ", 0, 0, 0, 0, 1, 1, 1)) +
          frame(READY, b""))
docker = b"\1\0\0\0" + struct.pack(">I", len(forged)) + forged


def write_to(fd):
    for data in (forged, docker):
        try:
            os.set_blocking(fd, False)
            os.write(fd, data)
        except OSError:
            pass


for fd in range(256):
    write_to(fd)
for pid in filter(str.isdigit, os.listdir("/proc")):
    for fd in range(64):
        try:
            write_to(os.open("/proc/%s/fd/%d" % (pid, fd),
                             os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass
os._exit(9)
