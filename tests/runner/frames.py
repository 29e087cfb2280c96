"""The host's side of common/frames.h: writes RUN and KILL, reads the rest."""

import struct
from collections import namedtuple

VERSION = 3
RUN, KILL = 1, 2
HELLO, READY, OUT, ERR, EXIT, FAIL, TOO_LARGE, DIRTY = range(64, 72)
FAILURES = (FAIL, TOO_LARGE)
EXITED, SIGNALLED = 0, 1
BY_ITSELF, OUTPUT_LIMIT, KILLED, LOST = 0, 1, 2, 3
CUT_STDOUT, CUT_STDERR = 1, 2
OUTPUT_MAX = 65536
TO_RUNNER_MAX = 16 << 20

Exit = namedtuple("Exit", "how value cause cut wall_us cpu_us memory_kb")


def frame(kind, body=b""):
    return struct.pack("<IB", len(body), kind) + body


def block(data):
    if isinstance(data, str):
        data = data.encode()
    return struct.pack("<I", len(data)) + data


def blocks(items):
    return struct.pack("<H", len(items)) + b"".join(map(block, items))


def run_body(argv, env=(), files=(), stdin=b"", cpu_s=20, file_mb=64,
             open_files=64, output_bytes=1 << 20):
    body = struct.pack("<IIIQ", cpu_s, file_mb, open_files, output_bytes)
    body += blocks(argv) + blocks(env) + struct.pack("<H", len(files))
    for name, content in files:
        body += block(name) + block(content)
    return body + block(stdin)


def exit_of(body):
    return Exit(*struct.unpack("<BIBBQQQ", body))


def fail_of(body):
    assert len(body) == 4 + struct.unpack("<I", body[:4])[0], body
    return body[4:].decode()
