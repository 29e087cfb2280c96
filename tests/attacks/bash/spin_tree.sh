#!/bin/bash
# attack: burn CPU in short-lived children
# tries: Generations of processes, each of which burns a little and starts the
#   next: no single one is ever near its limit.
# wall: clock
# without: RLIMIT_CPU counts each process for itself, and never adds them up.
# expect: cpu_timeout
# limits: {"cpu_ms": 400, "wall_ms": 10000}

generation() {
	for ((i = 0; i < 3000; i++)); do :; done
}
while :; do
	(generation)
	(generation) &
	wait
done
