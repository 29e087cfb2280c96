# attack: look into other processes
# tries: Opens mem, maps, environ, stack, syscall, root, cwd, exe and every
#   descriptor of every process in /proc, to read and to write.
# wall: mount
# without: The runner's memory and streams are within reach, and with them the
#   results and the programs of others.
# expect: ok

import os


def attempt(path, flags):
    try:
        fd = os.open(path, flags | os.O_NONBLOCK)
    except OSError as error:
        print("stopped: %s: %s" % (path, error.strerror))
        return
    got = b""
    try:
        got = os.read(fd, 64)
    except OSError:
        pass
    print("ESCAPED: %s: opened, %r" % (path, got))
    os.close(fd)


for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) == os.getpid():
        continue
    home = "/proc/%s/" % pid
    for name in ("mem", "environ", "maps", "stack", "syscall", "auxv",
                 "pagemap", "io", "personality", "root/etc/shadow",
                 "cwd/main.py", "exe"):
        attempt(home + name, os.O_RDONLY)
    attempt(home + "mem", os.O_RDWR)
    for fd in range(12):
        attempt(home + "fd/%d" % fd, os.O_WRONLY)
if os.path.exists("/proc/1"):
    print("stopped: look: process 1 keeps its own")
