#!/bin/bash
# attack: widen the map of user ids
# tries: Writes uid_map, gid_map and setgroups of itself and of its parent, and
#   becomes another user by setpriv.
# wall: namespace
# without: As root of the parent's namespace it could map itself to anybody.
# expect: ok

for pid in self $PPID 1; do
	for map in uid_map gid_map; do
		for line in '0 0 4294967295' '0 1000 1' '1000 0 1'; do
			if echo "$line" 2>/dev/null >"/proc/$pid/$map"; then
				echo "ESCAPED: $pid/$map: $line"
			else
				echo "stopped: $pid/$map: $line refused"
			fi
		done
	done 2>/dev/null
	if echo allow 2>/dev/null >"/proc/$pid/setgroups"; then
		echo "ESCAPED: $pid/setgroups: allow"
	else
		echo "stopped: $pid/setgroups: refused"
	fi
done 2>/dev/null
for id in 0 1 33 65534; do
	if setpriv --reuid "$id" true 2>/dev/null; then
		echo "ESCAPED: setpriv: uid $id"
	elif setpriv --regid "$id" --clear-groups true 2>/dev/null; then
		echo "ESCAPED: setpriv: gid $id"
	else
		echo "stopped: setpriv: $id refused"
	fi
done
