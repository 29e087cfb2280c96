#!/bin/bash
# attack: busy children that outlive their parent
# tries: Starts busy loops in sessions of their own and ends at once, so that
#   they are nobody's children.
# wall: sandbox
# without: They burn a core until somebody looks at top.
# expect: ok
# runs: plant look

case $1 in
plant)
	for ((i = 0; i < 3; i++)); do
		setsid bash -c 'trap "" HUP TERM; while :; do :; done' \
		    >/dev/null 2>&1 </dev/null &
	done
	sleep 0.1
	echo 'stopped: plant: done'
	;;
look)
	others=$(pgrep -c -f 'while :' || true)
	if [ "$others" != 0 ]; then
		echo "ESCAPED: busy children: $others still run"
	else
		echo 'stopped: busy children: gone'
	fi
	;;
esac
