#!/bin/bash
# attack: make a device node
# tries: mknod of the memory, of disks and of terminals in every place that can
#   be written, and looks for unexpected nodes in /dev.
# wall: container
# without: A node of the host's disk is the host's disk.
# expect: ok

for folder in /tmp "$HOME" /dev/shm /dev; do
	for node in 'b 8 0' 'b 253 0' 'b 254 0' 'c 1 1' 'c 1 11' 'c 5 1' \
	    'c 10 200' 'c 10 229'; do
		# shellcheck disable=SC2086 # three arguments
		if mknod "$folder/node" $node 2>/dev/null; then
			echo "ESCAPED: $folder: $node"
			rm -f "$folder/node"
		else
			echo "stopped: $folder: $node refused"
		fi
	done
done
while IFS= read -r node; do
	case $node in
	null | zero | full | random | urandom | tty | ptmx | console) ;;
	*) echo "ESCAPED: /dev/$node: it is there" ;;
	esac
done < <(find /dev -xdev \( -type b -o -type c \) -printf '%f\n')
