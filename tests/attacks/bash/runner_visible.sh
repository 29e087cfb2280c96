#!/bin/bash
# attack: find the runner
# tries: Looks for the runner's program file, and for its processes in /proc;
#   the program should see nobody but itself and the pid 1 of its sandbox.
# wall: mount
# without: What is not in sight cannot be opened, traced or overwritten.
# expect: ok

if [ -e /sce/runner ] || [ -n "$(ls -A /sce 2>/dev/null)" ]; then
	echo "ESCAPED: /sce: $(ls -A /sce)"
else
	echo 'stopped: /sce: nothing there'
fi
for file in /proc/[0-9]*; do
	pid=${file##*/}
	if [ "$pid" != 1 ] && [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] &&
	    [ -e "$file" ]; then
		echo "ESCAPED: process $pid: $(tr '\0' ' ' <"$file/cmdline")"
	fi
done
echo 'stopped: processes: nobody is here'
