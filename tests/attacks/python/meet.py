# attack: meet another program
# tries: Two programs at once leave a sign for each other by every way there is:
#   files, shared memory, abstract and network sockets, locks on files that both
#   see, names of processes.
# wall: container
# without: Programs of different people could talk, copy and disturb.
# expect: ok
# together: first second

import fcntl
import os
import socket
import sys
import time

me = sys.argv[1]
other = {"first": "second", "second": "first"}[me]
kept = []


def sign(name):
    """Leaves all signs of that name; each that fails is no sign."""
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run/lock", "/dev/mqueue",
                   os.path.expanduser("~")):
        try:
            os.mkdir("%s/meet-%s" % (folder, name))
        except OSError:
            pass
    for family, address in (
            (socket.AF_UNIX, "\0meet-" + name),
            (socket.AF_INET, ("127.0.0.1", 7000 + len(name))),
            (socket.AF_INET6, ("::1", 7000 + len(name)))):
        try:
            kept.append(socket.socket(family))
            kept[-1].bind(address)
            kept[-1].listen()
        except OSError as error:
            print("no sign: %s: %s" % (address, error.strerror))


def found(name):
    """What can be seen of the other."""
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run/lock", "/dev/mqueue",
                   os.path.expanduser("~")):
        if os.path.exists("%s/meet-%s" % (folder, name)):
            yield folder
    for family, address in (
            (socket.AF_UNIX, "\0meet-" + name),
            (socket.AF_INET, ("127.0.0.1", 7000 + len(name))),
            (socket.AF_INET6, ("::1", 7000 + len(name)))):
        with socket.socket(family) as one:
            if one.connect_ex(address) == 0:
                yield address
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                if file.read().endswith(b"\0%s\0" % name.encode()):
                    yield "process " + pid
        except OSError:
            pass


def locked(path, how):
    """Whether somebody else holds it."""
    try:
        kept.append(open(path, "rb"))
        how(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


sign(me)
taken = [path for path in ("/etc/passwd", "/etc/hosts", "/usr/bin/env",
                           "/etc/resolv.conf", "/etc/hostname")
         if locked(path, fcntl.flock)]
time.sleep(0.7)
met = list(found(other)) + taken
time.sleep(0.7)
print("ESCAPED: meet: %s" % met if met else "stopped: meet: nobody is here")
