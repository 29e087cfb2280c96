#!/bin/bash
# attack: the cgroup release agent
# tries: Makes a user namespace, mounts a cgroup hierarchy there and names a
#   program that the kernel runs on the host, as root (CVE-2022-0492).
# wall: seccomp
# rule: unshare mount
# without: One shell script from a container to the host's root.
# expect: ok

agent() {
	mkdir -p /tmp/cg && mount -t cgroup -o rdma cgroup /tmp/cg &&
	    echo 1 >/tmp/cg/notify_on_release && cat /tmp/cg/release_agent
}
export -f agent
for flags in '-UrmC' '-Urm' '-rm' '-m'; do
	if said=$(unshare "$flags" bash -c agent 2>&1); then
		echo "ESCAPED: unshare $flags: $said"
	else
		echo "stopped: unshare $flags: ${said##*: }"
	fi
done
if unshare -Ur true 2>/dev/null; then
	echo 'ESCAPED: a user namespace with all capabilities'
else
	echo 'stopped: a user namespace: refused'
fi
