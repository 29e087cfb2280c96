#!/bin/bash
# attack: let another process die of memory
# tries: Lowers its own score for the out-of-memory killer, and raises that of
#   all other processes in sight.
# wall: mount
# without: When memory runs out the kernel kills the runner, and not the
#   program.
# expect: ok

for score in -1000 -500 -1; do
	if { echo "$score" >/proc/self/oom_score_adj; } 2>/dev/null; then
		echo "ESCAPED: my score: $score"
	else
		echo "stopped: my score: $score refused"
	fi
done
for file in /proc/[0-9]*/oom_score_adj; do
	[[ $file =~ /$$/|/$BASHPID/ ]] && continue
	if { echo 1000 >"$file"; } 2>/dev/null; then
		echo "ESCAPED: $file: 1000"
	else
		echo "stopped: $file: refused"
	fi
done
