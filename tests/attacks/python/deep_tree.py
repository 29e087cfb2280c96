# attack: a tree too deep to name
# tries: Folders in folders, ten thousand levels and far more than PATH_MAX, and
#   thousands of hard links.
# wall: sandbox
# without: What walks it by names fails with ENAMETOOLONG and leaves it there,
#   or runs out of stack.
# expect: ok
# limits: {"wall_ms": 5000, "cpu_ms": 5000}

import os

levels = links = 0
try:
    for levels in range(10000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
except OSError as error:
    print("it ended: %s" % error.strerror)
try:
    with open("/tmp/file", "w", encoding="ascii"):
        for links in range(5000):
            os.link("/tmp/file", "/tmp/link%d" % links)
except OSError as error:
    print("it ended: %s" % error.strerror)
print("stopped: deep tree: %d levels, %d links; what follows must not notice"
      % (levels, links))
