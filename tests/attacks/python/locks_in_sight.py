# attack: a message in the list of locks
# tries: One program takes locks that belong to open files and to no process, at
#   places that mean something; the other reads them in /proc/locks.
# wall: mount
# without: The kernel shows such locks to everybody: a message from one
#   container to any other, without any file in common.
# expect: ok
# together: write read

import errno
import fcntl
import struct
import sys
import time

F_OFD_SETLK = 37
PLACE = 5318008

if sys.argv[1] == "write":
    with open("/tmp/page", "w+b") as page:
        fcntl.fcntl(page, F_OFD_SETLK, struct.pack(
            "hhqqi4x", fcntl.F_WRLCK, 0, PLACE, 1, 0))
        time.sleep(1.2)
    print("stopped: write: read or not, it is written")
else:
    time.sleep(0.6)
    try:
        with open("/proc/locks", encoding="ascii") as file:
            found = [line for line in file if " %d" % PLACE in line]
    except OSError as error:
        print("stopped: read: %s" % errno.errorcode[error.errno])
    else:
        print("ESCAPED: read: %s" % found[0].strip() if found else
              "stopped: read: no message")
