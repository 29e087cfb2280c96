# attack: a regular expression that never ends
# tries: Matches (a+)+$ against many a's: the interpreter is deep in C code and
#   handles no signal.
# wall: clock
# without: A core busy for longer than the universe is old.
# expect: cpu_timeout timeout
# limits: {"cpu_ms": 300, "wall_ms": 1000}

import re

re.match(r"(a+)+$", "a" * 64 + "!")
print("ESCAPED: it ended")
