# attack: look for rights
# tries: Reads its own status: ids, groups, every set of capabilities,
#   no-new-privileges and the filter; and tries to become root.
# wall: container
# without: One capability is often enough (DAC_READ_SEARCH, SYS_ADMIN, ...).
# expect: ok

import os

with open("/proc/self/status", encoding="ascii") as file:
    status = dict(line.rstrip("\n").split(":\t", 1) for line in file
                  if ":\t" in line)
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    none = int(status[name], 16) == 0
    print("%s: %s: %s" % ("stopped" if none else "ESCAPED", name,
                          status[name]))
for name, wanted in (("NoNewPrivs", "1"), ("Seccomp", "2")):
    right = status[name] == wanted
    print("%s: %s: %s" % ("stopped" if right else "ESCAPED", name,
                          status[name]))
for name in ("Uid", "Gid"):
    right = set(status[name].split()) == {"1000"}
    print("%s: %s: %s" % ("stopped" if right else "ESCAPED", name,
                          status[name].split()))
if "0" in status["Groups"].split():
    print("ESCAPED: groups: root's")
for call in (os.setuid, os.setgid, os.seteuid, lambda n: os.setgroups([n]),
             lambda n: os.setresuid(n, n, n)):
    try:
        call(0)
        print("ESCAPED: become root: uid %d" % os.getuid())
    except OSError as error:
        print("stopped: become root: %s" % error.strerror)
