# attack: leave files everywhere
# tries: Leaves a file in every place that can be written: temporary folders,
#   home, shared memory, locks; the next program looks for them.
# wall: sandbox
# without: The next program reads what this one wrote, or is fooled by it.
# expect: ok
# runs: plant look

import os
import sys

FOLDERS = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/dev/mqueue",
           "/mnt", "/var/cache", "/dev", os.path.expanduser("~")]

if sys.argv[1] == "plant":
    for folder in FOLDERS:
        for name in ("left", ".left", "main.pyc", "node_modules"):
            try:
                os.mkdir(os.path.join(folder, name), 0o777)
            except OSError:
                pass
    print("stopped: plant: done")
else:
    for folder in FOLDERS:
        try:
            names = set(os.listdir(folder))
        except OSError:
            names = set()
        if names & {"left", ".left", "main.pyc", "node_modules"}:
            print("ESCAPED: %s: %s" % (folder, sorted(names)))
    seen = set(os.listdir("/tmp") + os.listdir("/dev/shm") +
               os.listdir(os.path.expanduser("~")))
    print("%s: files: %s" % ("stopped" if seen == {"main.py"} else "ESCAPED",
                             sorted(seen)))
