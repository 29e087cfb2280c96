# attack: all descriptors
# tries: Raises its limit of open files and opens as many as it can, in several
#   processes.
# wall: rlimit
# without: The table of open files is the whole machine's; when it is full
#   nobody can open anything.
# expect: ok
# limits: {"processes": 16}

import os
import resource

LIMIT = 4096

try:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
    print("ESCAPED: raise the limit: to %d" % (hard + 1))
except (OSError, ValueError) as error:
    print("stopped: raise the limit: %s" % error)

opened = 0
try:
    while opened < LIMIT:
        os.open("/dev/null", os.O_RDONLY)
        opened += 1
    print("ESCAPED: open files: %d" % opened)
except OSError as error:
    print("stopped: open files: %s after %d" % (error.strerror, opened))
