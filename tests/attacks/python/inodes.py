# attack: all inodes
# tries: Makes empty files in every place that can be written, until there is no
#   inode left.
# wall: container
# without: A tmpfs without a limit of inodes takes a kilobyte of kernel memory
#   for each; on a disk they are gone for everybody.
# expect: ok out_of_memory
# limits: {"memory_mb": 128, "wall_ms": 8000, "cpu_ms": 8000}

import os

MOST = 70000

for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm"):
    made = 0
    try:
        os.mkdir(folder + "/many")
        os.chdir(folder + "/many")
        while made < MOST:
            os.mknod("%d" % made)
            made += 1
    except OSError as error:
        print("stopped: %s: %s after %d" % (folder, error.strerror, made))
    else:
        print("ESCAPED: %s: %d files" % (folder, made))
