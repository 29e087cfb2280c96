# attack: many bytes, and gone
# tries: Writes 200 KB, at the very end the line that counts, and exits at once,
#   without any flush or pause.
# wall: framing
# without: Who stops reading at the exit loses the tail (known from Docker).
# expect: ok
# limits: {"output_kb": 512}

import os

os.write(1, b"." * 200000 + b"\nstopped: the tail: it is here\n")
os._exit(0)
