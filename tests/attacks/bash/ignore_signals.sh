#!/bin/bash
# attack: ignore every signal
# tries: Traps all that can be trapped, restarts itself on exit, and waits.
# wall: clock
# without: A polite request to end is not heard.
# expect: timeout
# limits: {"wall_ms": 400}

for ((n = 1; n < 65; n++)); do
	trap ':' "$n" 2>/dev/null
done
trap 'exec bash "$0"' EXIT
while :; do sleep 0.1; done
