# attack: floods from many processes to both streams
# tries: Eight processes write to standard output and to standard error as fast
#   as they can: NULs, which grow sixfold in JSON, and bytes that are no text.
# wall: output
# without: The service would run out of memory, or out of disk for its log.
# expect: output_limit
# limits: {"output_kb": 64, "wall_ms": 2000, "processes": 16}

import os

for _ in range(3):
    os.fork()
for _ in range(1 << 14):
    os.write(1, b"\0" * 8192)
    os.write(2, b"\xff\xfe\x80" * 3000)
os.write(1, b"\nESCAPED: flood: 1 GB\n")
