# attack: change the interpreter itself
# tries: Changes builtins, modules, hooks, signal handlers, the recursion limit
#   and the path; the next program looks whether its interpreter is new.
# wall: sandbox
# without: Where one interpreter runs one program after the other, the first
#   owns the second.
# expect: ok
# runs: plant look

import atexit
import builtins
import os
import random
import signal
import sys
import threading

if sys.argv[1] == "plant":
    builtins.len = lambda _: -1
    builtins.left = random.left = os.left = True
    sys.setrecursionlimit(77)
    sys.settrace(None)
    sys.excepthook = sys.displayhook = print
    sys.path.insert(0, "/tmp/left")
    sys.modules["left"] = sys
    signal.signal(signal.SIGUSR1, print)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    atexit.register(print, "stopped: plant: at the end")
    random.seed(1)
    os.umask(0)
    os.environ["LEFT"] = "left"
    os.putenv("LEFT", "left")
else:
    wrong = [name for name, is_left in {
        "builtins": hasattr(builtins, "left") or len("ab") != 2,
        "modules": "left" in sys.modules or hasattr(random, "left"),
        "path": "/tmp/left" in sys.path,
        "recursion": sys.getrecursionlimit() != 1000,
        "hooks": sys.excepthook is not sys.__excepthook__,
        "handler": signal.getsignal(signal.SIGUSR1) != signal.SIG_DFL,
        "mask": signal.pthread_sigmask(signal.SIG_BLOCK, ()) != set(),
        "umask": os.umask(0o22) != 0o22,
        "environment": "LEFT" in os.environ,
        "threads": threading.active_count() != 1,
        "random": random.Random(1).random() == random.random(),
    }.items() if is_left]
    print("ESCAPED: interpreter: %s" % wrong if wrong else
          "stopped: interpreter: new")
