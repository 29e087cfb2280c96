# attack: kill everything
# tries: Sends every signal there is to every process it may (kill -1), SIGKILL
#   and SIGSTOP included, and to its process group.
# wall: namespace
# without: The process that reports the result dies with it, and the run has
#   none.
# expect: ok

import os
import signal

os.setsid() if os.getsid(0) != os.getpid() else None
for number in range(1, 65):
    try:
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for number in range(1, 65):
    try:
        os.kill(-1, number)
        print("stopped: signal %d to all: I am still here" % number)
    except ProcessLookupError:
        print("stopped: signal %d to all: there is nobody" % number)
    except OSError as error:
        print("stopped: signal %d to all: %s" % (number, error.strerror))
