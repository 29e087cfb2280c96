#!/bin/bash
# attack: inherited descriptors
# tries: Looks for open descriptors above 2, for a working folder and streams
#   that belong to the host (CVE-2024-21626), and climbs up from each.
# wall: container
# without: A folder of the host that stayed open in the runtime is the host's
#   root, four times dot-dot away.
# expect: ok

# Into a file: a pipe would be one more descriptor.
find /proc/$$/fd -type l -printf '%f:%l\n' >/tmp/descriptors
while IFS= read -r line <&9; do
	case $line in
	0:* | 1:* | 2:* | 255:*/main.sh) ;; # 255: bash reads its script there
	*) echo "ESCAPED: descriptor $line" ;;
	esac
done 9</tmp/descriptors
for ((fd = 0; fd < 64; fd++)); do
	for up in . .. ../.. ../../../..; do
		path=/proc/self/fd/$fd/$up/etc/hostname
		if got=$(cat "$path" 2>/dev/null) && [ "$got" != sandbox ]; then
			echo "ESCAPED: $path: $got"
		fi
	done
done
case $(pwd -P) in
"$HOME") echo "stopped: folder: $HOME" ;;
*) echo "ESCAPED: folder: $(pwd -P)" ;;
esac
