#!/bin/bash
# attack: find the engine
# tries: Looks for the sockets of Docker, containerd, podman and the kubelet,
#   for any other socket in the file system, and for its ports.
# wall: container
# without: The engine's socket is root on the host: one request makes a
#   container with the whole disk in it.
# expect: ok

found=$(find / -xdev -type s -not -path '/proc/*' 2>/dev/null | head -n 3)
for path in $found /run/docker.sock /var/run/docker.sock \
    /run/containerd/containerd.sock /run/podman/podman.sock \
    /run/crio/crio.sock /var/lib/kubelet; do
	if [ -e "$path" ]; then
		echo "ESCAPED: $path: it is there"
	else
		echo "stopped: $path: not there"
	fi
done
for port in 2375 2376 10250 10255; do
	for host in 127.0.0.1 172.17.0.1; do
		if (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then
			echo "ESCAPED: $host:$port: connected"
		else
			echo "stopped: $host:$port: no connection"
		fi
	done
done
