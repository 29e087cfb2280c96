# attack: sleep
# tries: Does nothing, for an hour: no CPU time, no output.
# wall: clock
# without: Its container would be taken for as long.
# expect: timeout
# limits: {"wall_ms": 400}

import time

time.sleep(3600)
print("ESCAPED: an hour has passed")
