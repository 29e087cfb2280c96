# attack: a message in the times of files
# tries: Sets the times of everything in sight that outlives a program: devices,
#   masks, the image's folders; the next program reads them.
# wall: mount
# without: Nothing is written, and still the next program learns what this one
#   has to say.
# expect: ok
# runs: plant look

import os
import sys

MESSAGE = 1234567890.0
PLACES = ["/", "/dev", "/dev/shm", "/home", "/proc", "/proc/sys", "/etc",
          "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/usr", "/usr/bin",
          "/proc/keys", "/proc/kallsyms", "/proc/locks", "/proc/timer_list",
          "/proc/acpi", "/sce", "/sce/runner", sys.executable]
PLACES += ["/dev/" + name for name in os.listdir("/dev")]

if sys.argv[1] == "plant":
    done = []
    for place in PLACES:
        try:
            os.utime(place, (MESSAGE, MESSAGE))
            done.append(place)
        except OSError:
            pass
    print("stopped: plant: %d places took it" % len(done))
else:
    for place in PLACES:
        try:
            found = os.stat(place)
        except OSError:
            continue
        if MESSAGE in (found.st_mtime, found.st_atime):
            print("ESCAPED: %s: has the message" % place)
    print("stopped: look: over")
