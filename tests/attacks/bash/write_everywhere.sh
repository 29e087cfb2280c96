#!/bin/bash
# attack: write everywhere
# tries: Makes a file in every folder of the whole tree, and compares where that
#   works with the places it should.
# wall: container
# without: What one program leaves in the system the next one executes.
# expect: ok
# limits: {"wall_ms": 4000, "cpu_ms": 4000}

refused=0
while IFS= read -r folder; do
	if { : >"$folder/.written"; } 2>/dev/null; then
		rm -f "$folder/.written"
		case $folder in
		/tmp | /tmp/* | "$HOME" | "$HOME"/* | /dev/shm) ;;
		*) echo "ESCAPED: $folder: writable" ;;
		esac
	else
		refused=$((refused + 1))
	fi
done < <(find / -path /proc -prune -o -path /sys -prune -o -type d -print \
    2>/dev/null)
echo "stopped: folders: $refused refused"
if { echo x >/proc/self/comm; } 2>/dev/null &&
    { : >/proc/sys/kernel/domainname; } 2>/dev/null; then
	echo 'ESCAPED: /proc/sys: writable'
fi
