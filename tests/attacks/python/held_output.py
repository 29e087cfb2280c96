# attack: a child holds the output open
# tries: Ends at once, but leaves a child that keeps the streams open and
#   sleeps.
# wall: framing
# without: The request stays open until the limit, for a program that is over.
# expect: ok
# limits: {"wall_ms": 3000}

import os
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(2)
    print("ESCAPED: held output: the child was waited for", flush=True)
    os._exit(0)
print("stopped: held output: the parent is done")
