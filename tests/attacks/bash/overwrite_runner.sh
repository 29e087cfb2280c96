#!/bin/bash
# attack: overwrite the runner's program
# tries: Opens the program file of every process for writing, also through
#   /proc/*/exe (CVE-2019-5736), and the interpreters on the disk.
# wall: container
# without: What runs next, for somebody else or as root on the host, is the
#   attacker's.
# expect: ok

for file in /proc/[0-9]*/exe /proc/self/exe /proc/self/map_files/* \
    /sce/runner /bin/bash /usr/bin/env /lib64/ld-linux-x86-64.so.2 \
    /lib/*/libc.so.6 /etc/passwd /etc/ld.so.preload; do
	if (exec 3>>"$file") 2>/dev/null; then
		echo "ESCAPED: $file: opened for writing"
	else
		echo "stopped: $file: cannot be written"
	fi
done
for folder in /bin /usr/local/bin /etc /lib /sce / /var/tmp /run /var/lib; do
	if (: >"$folder/new") 2>/dev/null; then
		echo "ESCAPED: $folder: a new file"
	else
		echo "stopped: $folder: no new file"
	fi
done
