# attack: fetch by address
# tries: Fetches by http, https, ftp and file addresses: the cloud's metadata,
#   the service itself, the host's files.
# wall: container
# without: One line of code reads the machine's credentials.
# expect: ok
# limits: {"wall_ms": 8000}

import urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for address in ("http://169.254.169.254/latest/meta-data/",
                "http://[fd00:ec2::254]/latest/meta-data/",
                "http://metadata.google.internal/computeMetadata/v1/",
                "http://127.0.0.1:5000/admin/stats",
                "http://localhost:2375/containers/json",
                "http://172.17.0.1:5000/", "https://example.com/",
                "http://0.0.0.0:5000/", "http://[::1]:5000/",
                "ftp://ftp.debian.org/", "file:///etc/shadow",
                "file:///proc/1/environ", "file:///root/.ssh/id_rsa"):
    try:
        with opener.open(address, timeout=0.5) as answer:
            print("ESCAPED: %s: %r" % (address, answer.read(64)))
    except (OSError, ValueError) as error:
        print("stopped: %s: %s" % (address, error))
