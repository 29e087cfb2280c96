#!/bin/bash
# attack: connect to the world
# tries: TCP and UDP to public addresses, to the gateway, to neighbours on
#   Docker's bridge, to the host's own ports and to the cloud's metadata
#   service.
# wall: container
# without: Spam, scans of the inner network, and the machine's cloud
#   credentials.
# expect: ok
# limits: {"wall_ms": 8000}

for host in 1.1.1.1 8.8.8.8 172.17.0.1 172.17.0.2 172.17.0.3 192.168.0.1 \
    10.0.0.1 169.254.169.254 169.254.170.2 100.100.100.200; do
	for port in 22 53 80 443 5000; do
		if said=$(exec 2>&1 3<>"/dev/tcp/$host/$port"); then
			echo "ESCAPED: $host:$port: connected"
		else
			echo "stopped: $host:$port: ${said##*: }"
		fi
	done
	if (echo x >"/dev/udp/$host/53") 2>/dev/null; then
		echo "ESCAPED: udp $host:53: sent"
	else
		echo "stopped: udp $host:53: not sent"
	fi
done
for port in 22 2375 5000 5432 6379 8080; do
	if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
		echo "ESCAPED: 127.0.0.1:$port: connected"
	fi
done
