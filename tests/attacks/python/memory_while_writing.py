# attack: no memory left for who reads
# tries: Fills its output and its memory at the same moment, so that the process
#   that collects output, in the same group, would be killed in its place.
# wall: cgroup
# without: The collector dies, and with it the result of the run.
# expect: out_of_memory output_limit
# limits: {"memory_mb": 32, "wall_ms": 3000}

import os
import threading


def write():
    while True:
        os.write(1, b"x" * 65536)


for _ in range(4):
    threading.Thread(target=write, daemon=True).start()
kept = []
while len(kept) < 64:
    kept.append(bytearray(b"x") * (1 << 20))
print("\nESCAPED: %d MB" % len(kept))
