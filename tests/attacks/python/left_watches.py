# attack: watch the next program's files
# tries: A daemon holds inotify watches on folders and on the interpreter, and
#   locks and leases on files that all programs read; the next one looks for
#   them.
# wall: sandbox
# without: It sees what the next program opens, or makes it wait.
# expect: ok
# runs: plant look

import ctypes
import fcntl
import os
import sys
import time

FILES = ("/etc/passwd", "/etc/hosts", "/usr/bin/python3", os.__file__)
libc = ctypes.CDLL(None, use_errno=True)


def daemon():
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    kept = []
    watch = libc.inotify_init()
    for path in FILES + ("/tmp", "/", "/usr/bin", os.path.expanduser("~")):
        libc.inotify_add_watch(watch, path.encode(), 0xfff)
    while libc.inotify_init() >= 0:
        pass
    for path in FILES:
        kept.append(open(path, "rb"))
        for lock in (lambda f: fcntl.flock(f, fcntl.LOCK_EX),
                     lambda f: fcntl.lockf(f, fcntl.LOCK_SH),
                     lambda f: fcntl.fcntl(f, fcntl.F_SETLEASE,
                                           fcntl.F_RDLCK)):
            try:
                lock(kept[-1])
            except OSError:
                pass
    time.sleep(600)


if sys.argv[1] == "plant":
    if os.fork() == 0:
        daemon()
    time.sleep(0.1)
    print("stopped: plant: it watches")
else:
    for path in FILES:
        with open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                print("stopped: %s: not locked" % path)
            except OSError as error:
                print("ESCAPED: %s: %s" % (path, error.strerror))
    got = sum(libc.inotify_init() >= 0 for _ in range(64))
    print("%s: instances: %d" % ("stopped" if got == 64 else "ESCAPED", got))
    with open("/proc/locks", encoding="ascii") as file:
        print("locks in sight: %s" % len(file.readlines()))
