# attack: flood, then hang
# tries: Writes more than it may, ignores every signal, and waits.
# wall: output
# without: A limit that only stops reading would leave the program in its place.
# expect: output_limit
# limits: {"output_kb": 16, "wall_ms": 5000}

import os
import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
os.set_blocking(1, False)
try:
    for _ in range(100):
        os.write(1, b"y" * 65536)
        time.sleep(0.001)
except BlockingIOError:
    pass
time.sleep(4)
print("\nESCAPED: flood: the program is still here")
