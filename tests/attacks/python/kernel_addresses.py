# attack: addresses of the kernel
# tries: Reads kernel addresses from /proc: symbols, modules, stacks, sockets,
#   timers; an exploit needs one of them.
# wall: mount
# without: Address randomisation of the kernel is worth nothing.
# expect: ok

import os
import re

KERNEL = re.compile(r"\b(0x)?ffff[0-9a-f]{12}\b")

paths = ["/proc/kallsyms", "/proc/modules", "/proc/self/stack",
         "/proc/self/wchan",
         "/proc/self/syscall", "/proc/net/unix", "/proc/net/tcp",
         "/proc/net/packet", "/proc/timer_list", "/proc/1/stack",
         "/proc/sched_debug", "/proc/vmallocinfo", "/proc/iomem",
         "/proc/self/pagemap", "/proc/kpagecount", "/proc/self/mountstats"]
for path in paths:
    try:
        fd = os.open(path, os.O_RDONLY)
        data = os.read(fd, 1 << 16)
        os.close(fd)
    except OSError as error:
        print("stopped: %s: %s" % (path, error.strerror))
        continue
    found = KERNEL.search(data.decode("latin-1"))
    frames = path.endswith("pagemap") and any(
        data[i:i + 7].strip(b"\0") for i in range(0, len(data), 8))
    if found or frames:
        print("ESCAPED: %s: %s" % (path, found and found[0] or "frames"))
    else:
        print("stopped: %s: no address" % path)
