# attack: write to /proc of others
# tries: Opens every file of every process in /proc, and every file of /proc
#   itself, for writing; only its own may open.
# wall: mount
# without: Names, scores, clocks and limits of others can be set by plain files.
# expect: ok
# limits: {"wall_ms": 6000, "cpu_ms": 6000}

import os
import re
import stat

tried = escaped = 0
for folder, folders, files in os.walk("/proc"):
    if folder == "/proc":
        own = {"self", "thread-self", str(os.getpid())}
        folders[:] = [name for name in folders if name not in own]
    if folder.count("/") > 5:
        folders.clear()
    for name in files:
        path = os.path.join(folder, name)
        if os.path.islink(path) and not os.path.exists(path):
            continue
        tried += 1
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                continue                # masked by /dev/null
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            if re.match("/proc/[0-9]", path):
                os.write(fd, b"0")      # some open for all, and refuse then
            os.close(fd)
        except OSError:
            continue
        if escaped < 10:
            print("ESCAPED: %s: opened for writing" % path)
        escaped += 1
print("stopped: /proc: %d files tried" % tried)
