#!/bin/bash
# attack: read /sys
# tries: Looks into /sys: devices, cgroups, firmware, modules, security.
# wall: mount
# without: It tells all about the hardware, and its cgroup files are the way of
#   the release_agent escape.
# expect: ok

found=$(find /sys -mindepth 1 -maxdepth 2 2>/dev/null | head -n 3 | tr '\n' ' ')
if [ -n "$found" ]; then
	echo "ESCAPED: /sys: $found"
else
	echo 'stopped: /sys: empty, or not there'
fi
if grep -q cgroup /proc/self/mountinfo; then
	echo "ESCAPED: cgroups: $(grep -m 1 cgroup /proc/self/mountinfo)"
else
	echo 'stopped: cgroups: none is mounted'
fi
