"""Fork bomb

Makes processes that make processes.  The container's pids cgroup has a limit:
beyond it fork() fails.  Other programs, in their own containers, go on.
"""
import os
import time

made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60)
        made += 1
except OSError as problem:
    print("after", made, "processes:", problem)
