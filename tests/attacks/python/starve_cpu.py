# attack: take the processor
# tries: Two programs burn CPU in 60 processes each, while another does honest
#   work and looks how much of a core it gets; a hundredth would be its share.
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
    for _ in range(59):
        if os.fork() == 0:
            break
    while time.monotonic() < end:
        pass
    if os.getppid() == 1:  # not one of the others
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
        "ESCAPED" if best < 0.04 else "stopped", best * 100))
