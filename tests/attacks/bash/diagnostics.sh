#!/bin/bash
# attack: megabytes of error messages
# tries: Lets the shell complain without end, on standard error only.
# wall: output
# without: A limit on standard output alone does not see it.
# expect: output_limit
# limits: {"output_kb": 64, "wall_ms": 4000, "cpu_ms": 4000}

long=$(printf 'x%.0s' {1..4000})
for ((i = 0; i < 100000; i++)); do
	./"$long"
done
echo 'ESCAPED: messages: 400 MB'
