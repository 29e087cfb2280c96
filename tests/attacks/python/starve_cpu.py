# attack: take the processor
# tries: One program burns CPU in many threads and processes, while the other does
#   honest work and looks how much of a core it gets.
# wall: cgroup
# without: Who starts more processes gets more of the machine.
# expect: ok
# limits: {"wall_ms": 10000, "cpu_ms": 10000}
# together: burn burn look

import os
import sys
import time

if sys.argv[1] == "burn":
    end = time.monotonic() + 3
    for _ in range(5):
        os.fork()
    while time.monotonic() < end:
        pass
    print("stopped: burn: over")
else:
    time.sleep(0.3)
    best = 0
    for _ in range(5):
        began, used = time.monotonic(), time.process_time()
        while time.monotonic() < began + 0.4:
            pass
        best = max(best, (time.process_time() - used) /
                   (time.monotonic() - began))
    print("%s: share: %d %% of a core" % (
        "ESCAPED" if best < 0.1 else "stopped", best * 100))
