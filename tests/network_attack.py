"""Reach the network

Tries to open a connection to the outside.  The container's network namespace
has no interface but its own loopback: there is no way out, not even to this
machine.
"""
import socket

for host, port in [("192.0.2.1", 80), ("172.17.0.1", 22)]:
    try:
        socket.create_connection((host, port), timeout=2)
        print("connected to", host)
    except OSError as problem:
        print("no connection to", host, "-", problem)
socket.getaddrinfo("example.com", 443)
