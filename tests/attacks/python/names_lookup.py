# attack: ask for names
# tries: Resolves names by the C library, by Docker's resolver at 127.0.0.11, by
#   public servers over UDP and TCP: a way out that firewalls often forget.
# wall: container
# without: Data leaves inside of questions for names.
# expect: ok
# limits: {"wall_ms": 8000}

import socket

QUESTION = (b"\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1")

for name in ("example.com", "host.docker.internal", "gateway.docker.internal",
             "metadata.google.internal", "docker", "_gateway"):
    try:
        print("ESCAPED: %s: %s" % (name, socket.getaddrinfo(name, 80)[0][4]))
    except OSError as error:
        print("stopped: %s: %s" % (name, error.strerror))
for server in ("127.0.0.11", "127.0.0.53", "8.8.8.8", "1.1.1.1", "172.17.0.1",
               "::1", "2001:4860:4860::8888", "fe80::1"):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as one:
            one.settimeout(0.2)
            try:
                one.connect((server, 53))
                one.send(QUESTION)
                print("ESCAPED: %s: %r" % (server, one.recv(512)))
            except OSError as error:
                print("stopped: %s: %s" % (server, error.strerror or error))
