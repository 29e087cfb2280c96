# attack: an exit hook that never ends
# tries: Ends, but for the functions it registered to be called at exit, for
#   threads that are waited for, and for a finalizer.
# wall: clock
# without: A limit of time that is switched off "at the end" would not hold.
# expect: timeout
# limits: {"wall_ms": 500}

import atexit
import threading
import time


class Clings:
    def __del__(self):
        time.sleep(3600)


kept = Clings()
atexit.register(time.sleep, 3600)
threading.Thread(target=time.sleep, args=(3600,)).start()
