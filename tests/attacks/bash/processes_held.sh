#!/bin/bash
# attack: fill all processes and hold them
# tries: Starts as many as there may be, each ignoring every signal, so that
#   nothing more can be started in the container: no "exec", no killer.
# wall: clock
# without: The limit of time cannot be enforced from the inside any more.
# expect: timeout
# limits: {"processes": 20, "memory_mb": 64, "wall_ms": 700}

for ((i = 0; i < 100; i++)); do
	(
		trap '' HUP INT QUIT TERM USR1 USR2 ALRM CHLD
		while :; do read -r -t 5 <> <(:); done
	) 2>/dev/null &
done
while :; do read -r -t 5 <> <(:); done 2>/dev/null
