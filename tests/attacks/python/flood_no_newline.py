# attack: output without end and without a newline
# tries: Writes one line that never ends.
# wall: output
# without: Who reads by lines collects it in memory until there is none.
# expect: output_limit
# limits: {"output_kb": 64, "wall_ms": 2000}

import os

for _ in range(1 << 16):
    os.write(1, b"x" * 4096)
os.write(1, b"\nESCAPED: flood: 256 MB\n")
