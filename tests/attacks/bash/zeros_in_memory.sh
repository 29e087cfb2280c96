#!/bin/bash
# attack: read a file without end
# tries: Takes /dev/zero for a source file, for input of a command and into a
#   variable.
# wall: cgroup
# without: Tools that read a file whole end only with the machine's memory.
# expect: out_of_memory error output_limit
# limits: {"memory_mb": 32, "wall_ms": 3000, "output_kb": 64}

all=$(tr '\0' x </dev/zero)
echo "ESCAPED: /dev/zero: ${#all} bytes"
