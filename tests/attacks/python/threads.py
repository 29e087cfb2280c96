# attack: threads without end
# tries: Starts threads until the system refuses.
# wall: cgroup
# without: Process ids are the machine's: when they are gone nobody can start
#   anything, not even what would stop this program.
# expect: ok
# limits: {"processes": 20, "memory_mb": 64, "wall_ms": 3000}

import os
import threading

started = 0
hold = threading.Event()
threading.stack_size(65536)
try:
    while started < 200:
        threading.Thread(target=hold.wait, daemon=True).start()
        started += 1
    print("ESCAPED: threads: %d" % started)
except (RuntimeError, OSError) as error:
    print("stopped: threads: %s after %d" % (error, started))
os._exit(0)
