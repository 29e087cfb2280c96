# attack: files without a name
# tries: Fills /tmp and the home folder with files that are deleted while open:
#   no walk through the folders finds them.
# wall: cgroup
# without: Memory that stays as long as somebody holds the descriptor, and which
#   a clean-up by name never frees.
# expect: out_of_memory ok
# limits: {"memory_mb": 32, "wall_ms": 2000}

import os

written = 0
held = []
for folder in ("/tmp", os.path.expanduser("~")):
    try:
        while written < 64 << 20:
            file = open(os.path.join(folder, "x"), "wb", buffering=0)
            os.unlink(file.name)
            held.append(file)
            for _ in range(4):
                written += file.write(b"x" * (1 << 20))
    except OSError as error:
        print("stopped: %s: %s" % (folder, error.strerror))
if written >= 64 << 20:
    print("ESCAPED: nameless files: %d MB" % (written >> 20))
