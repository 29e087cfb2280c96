# attack: a file of a terabyte
# tries: Makes huge files without writing them: by truncate, by seeking, by
#   fallocate; what copies or archives them later chokes.
# wall: rlimit
# without: A collector of results reads a terabyte of zeros.
# expect: ok signal

import os
import resource
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
HUGE = 1 << 40


def seek_and_write(fd):
    os.lseek(fd, HUGE, os.SEEK_SET)
    os.write(fd, b"x")


def no_limit(_fd):
    resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))


for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm"):
    for name, act in (
            ("truncate", lambda fd: os.ftruncate(fd, HUGE)),
            ("seek and write", seek_and_write),
            ("fallocate", lambda fd: os.posix_fallocate(fd, 0, HUGE)),
            ("no limit of size", no_limit)):
        fd = os.open(folder + "/huge", os.O_CREAT | os.O_RDWR)
        try:
            act(fd)
            print("ESCAPED: %s in %s" % (name, folder))
        except (OSError, ValueError) as error:
            print("stopped: %s in %s: %s" % (name, folder, error))
        os.close(fd)
