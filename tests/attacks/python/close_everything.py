# attack: close every descriptor
# tries: Closes all descriptors from 0 to 65535, also by close_range, shuts down
#   what is a socket, and exits with 7.
# wall: framing
# without: The runner's stream, inherited by mistake, would be gone.
# expect: error

import os
import socket

for fd in range(3, 1024):
    try:
        os.fstat(fd)
    except OSError:
        continue
    print("ESCAPED: descriptor %d was inherited: %s" % (
        fd, os.readlink("/proc/self/fd/%d" % fd)), flush=True)
for fd in range(1024):
    try:
        socket.socket(fileno=fd).shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
os.closerange(0, 65536)
os._exit(7)
