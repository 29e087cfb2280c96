# attack: close all output and go on
# tries: Closes its three streams, so that it looks as if it had ended, and goes
#   on working.
# wall: clock
# without: The service answers, the program stays.
# expect: timeout
# limits: {"wall_ms": 500}

import os
import time

for fd in range(256):
    try:
        os.close(fd)
    except OSError:
        pass
while True:
    time.sleep(1)
