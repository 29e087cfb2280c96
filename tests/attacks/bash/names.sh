#!/bin/bash
# attack: learn the host's name
# tries: Asks for the machine's name, its domain, its addresses, its boot id and
#   the container's id in every way.
# wall: namespace
# without: Names tell where one is, and a container's id is a key to the host's
#   folders.
# expect: ok

for name in "$(hostname)" "$(uname -n)" "$(cat /etc/hostname)" \
    "$(cat /proc/sys/kernel/hostname)" "$HOSTNAME"; do
	if [ "$name" = sandbox ]; then
		echo 'stopped: name: sandbox'
	else
		echo "ESCAPED: name: $name"
	fi
done
id='[0-9a-f]{64}'
for file in /proc/self/cgroup /etc/hosts /etc/resolv.conf /proc/self/cmdline \
    /proc/1/cmdline /proc/1/cgroup /etc/hostname; do
	if got=$(tr '\0' ' ' 2>/dev/null <"$file" | grep -Eo "$id"); then
		echo "ESCAPED: $file: the container's id $got"
	else
		echo "stopped: $file: no id"
	fi
done
addresses=$(hostname -I)
if [ -n "${addresses// /}" ]; then
	echo "ESCAPED: addresses: $addresses"
else
	echo 'stopped: addresses: none'
fi
