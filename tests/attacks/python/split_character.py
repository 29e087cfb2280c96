# attack: characters in pieces
# tries: Writes one character byte by byte, at places where buffers of 4, 8, 16
#   and 64 KiB end.
# wall: output
# without: Who decodes each piece alone spoils the text.
# expect: ok
# limits: {"output_kb": 512}

import os

os.write(1, b"stopped: characters in pieces: see that each is whole\n")
for size in (4096, 8192, 16384, 65536):
    os.write(1, b"." * (size - 2))
    for byte in "\U0001f642".encode():
        os.write(1, bytes([byte]))
    os.write(1, b"\n")
