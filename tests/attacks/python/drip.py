# attack: output drop by drop
# tries: Writes one character every few milliseconds, to reset every timer that
#   waits for silence.
# wall: clock
# without: A limit that begins anew with each output never comes.
# expect: timeout
# limits: {"wall_ms": 600}

import time

while True:
    print(".", end="", flush=True)
    time.sleep(0.005)
