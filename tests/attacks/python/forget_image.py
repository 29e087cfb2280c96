# attack: make the machine read
# tries: Tells the kernel to forget the files of the image, which all containers
#   share, and reads them again.
# wall: seccomp
# rule: fadvise64
# without: One program keeps the machine's disk busy, and everybody's programs
#   start slowly.
# expect: ok

import os
import sys

done = 0
for name in (sys.executable, os.__file__, "/usr/bin/env"):
    descriptor = os.open(name, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        print("ESCAPED: %s: forgotten" % name)
    except OSError as error:
        print("stopped: %s: %s" % (name, error.strerror))
