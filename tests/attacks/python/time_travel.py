# attack: fool the clock
# tries: Lives without CPU time by sleeping in a thousand threads, uses many
#   short sleeps and busy bits in between so that no sampling clock sees it.
# wall: clock
# without: CPU time that is sampled and not counted can be stolen (tick
#   evasion).
# expect: cpu_timeout
# limits: {"cpu_ms": 300, "wall_ms": 10000}

import time

used = time.process_time()
while time.process_time() - used < 1.5:
    end = time.perf_counter() + 0.0008
    while time.perf_counter() < end:
        pass
    time.sleep(0.00005)
print("ESCAPED: clock: 1.5 s of CPU time")
