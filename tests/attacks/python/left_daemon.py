# attack: a daemon that stays
# tries: Forks twice into a session of its own, without streams, ignoring every
#   signal, under the name of a kernel thread; the next program looks for it.
# wall: namespace
# without: It goes on computing, and reads what the next program does.
# expect: ok
# runs: plant look

import os
import signal
import sys
import time


def daemon():
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    with open("/proc/self/comm", "w", encoding="ascii") as file:
        file.write("kworker/0:1")
    os.closerange(0, 256)
    while True:
        time.sleep(1)


if sys.argv[1] == "plant":
    if os.fork() == 0:
        daemon()
    time.sleep(0.1)
    print("stopped: plant: it runs")
else:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open("/proc/%s/comm" % pid, encoding="ascii") as file:
            name = file.read().strip()
        if name.startswith("kworker"):
            print("ESCAPED: daemon: process %s %s" % (pid, name))
    print("stopped: daemon: not in sight")
