#!/bin/bash
# attack: find a program that lends rights
# tries: Searches the disk for set-uid and set-gid files and for file
#   capabilities, tries su, and makes a set-uid copy of its own.
# wall: container
# without: A set-uid root file with a hole makes root of anybody.
# expect: ok

found=$(find / -xdev -perm /6000 -not -path '/proc/*' 2>/dev/null | head -n 3)
if [ -n "$found" ]; then
	echo "ESCAPED: set-uid files: $found"
else
	echo 'stopped: set-uid files: none'
fi
cp /bin/bash /tmp/bash && chmod 4755 /tmp/bash
# Of the same user it gives nothing; on the host, by another, it would.
options=$(awk '$5 == "/tmp" { print $6 }' /proc/self/mountinfo)
case $options in
*nosuid*) echo 'stopped: a set-uid copy: mounted nosuid' ;;
*) echo "ESCAPED: a set-uid copy: /tmp is $options" ;;
esac
if said=$(echo | su -c id root 2>&1) && [[ $said == *uid=0* ]]; then
	echo "ESCAPED: su: $said"
else
	echo "stopped: su: ${said##*: }"
fi
