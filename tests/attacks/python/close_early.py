# attack: end the output, then change the result
# tries: Closes its output as if it had ended, waits, and exits with 3.
# wall: framing
# without: Who takes the end of output for the end of the program reports 0.
# expect: error

import os
import time

print("early")
os.close(1)
os.close(2)
time.sleep(0.3)
os._exit(3)
