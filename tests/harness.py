"""What the Python tests share: a runner, and the wire format of our processes.

A test is a function of no arguments.  It passes when it returns, fails when
it raises, is skipped when it raises Skip, and has a deadline.  Nothing sleeps
where a condition can be awaited: see until().

The wire formats are those of common/messages.h and common/frames.h; numbers of
messages are read from there, so that they cannot disagree.
"""

import array
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEADLINE_S = 15


# ---- running tests --------------------------------------------------------

class Skip(Exception):
    """This machine cannot do what the test needs."""


class TooLate(Exception):
    """The test's deadline."""


def on_alarm(_signal, _frame):
    raise TooLate("not done within %d s" % DEADLINE_S)


def where(error):
    """Where it happened in our files, and what was said."""
    place = traceback.extract_tb(error.__traceback__)
    ours = [p for p in place if p.filename.startswith(ROOT)]
    at = [p for p in ours if not p.filename.endswith("harness.py")] or ours
    said = str(error) or type(error).__name__
    return "%s (%s:%d)" % (said.replace("\n", " ")[:400],
                           os.path.basename(at[-1].filename), at[-1].lineno)


def run_one(name, test):
    """True: passed; None: skipped; False: failed."""
    signal.setitimer(signal.ITIMER_REAL, DEADLINE_S)
    try:
        test()
        print("ok %s" % name, flush=True)
        return True
    except Skip as why:
        print("ok %s # skipped: %s" % (name, why), flush=True)
        return None
    except Exception as error:  # a test may fail in any way
        print("not ok %s: %s" % (name, where(error)), flush=True)
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        finish()


def run_share(cases, to):
    """One process's share of the tests; a byte for each result."""
    signal.signal(signal.SIGALRM, on_alarm)
    for name, test in cases:
        os.write(to, {True: b"p", False: b"f", None: b"s"}[
            run_one(name, test)])


def run_tests(cases, word="", jobs=4):
    """cases: (name, function) pairs.  Gives the exit code.

    Tests mostly wait, so several processes share them.
    """
    cases = [case for case in cases if word in case[0]]
    results, to = os.pipe()
    for i in range(jobs):
        if os.fork() == 0:
            try:
                run_share(cases[i::jobs], to)
            finally:
                sys.stdout.flush()
                os._exit(0)
    os.close(to)
    with open(results, "rb") as f:
        said = f.read()
    for _ in range(jobs):
        os.wait()
    passed, skipped = said.count(b"p"), said.count(b"s")
    failed = len(cases) - passed - skipped  # what died without a word, too
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


class Cases:
    """Collects tests: @cases.test, or @cases.each([...]) for a table."""

    def __init__(self):
        self.all = []

    def test(self, function):
        self.all.append((function.__name__, function))
        return function

    def each(self, rows):
        def add(function):
            for row in rows:
                name = "%s[%s]" % (function.__name__, "-".join(
                    getattr(v, "__name__", str(v)) for v in row))
                self.all.append((name, lambda row=row: function(*row)))
            return function
        return add


to_finish = []


def at_end(function):
    """To be called when this test is over, however it ended."""
    to_finish.append(function)


def finish():
    while to_finish:
        try:
            to_finish.pop()()
        except Exception as error:
            print("# at the end: %s" % where(error), flush=True)


def until(condition, timeout_s=5.0, what=None):
    """Waits for a condition that nobody announces; gives its value."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("never: %s" % (
                what() if callable(what) else what or "the condition"))
        time.sleep(0.002)


def equal(got, wanted):
    assert got == wanted, "got %r, wanted %r" % (got, wanted)


# ---- messages: common/messages.h ------------------------------------------

def read_messages():
    with open(os.path.join(ROOT, "common", "messages.h")) as f:
        rows = re.findall(r"^\tX\((\w+), (\d+),", f.read(), re.M)
    return {name: int(number) for name, number in rows}


NUMBER = read_messages()
NAME = {number: name for name, number in NUMBER.items()}

ROLE = {"supervisor": 0, "web": 1, "worker": 2, "pool": 3}

def read_enum(header, prefix):
    """Names of an enum's members, in their order: their numbers."""
    with open(os.path.join(ROOT, "common", header)) as f:
        names = re.findall(r"^\t%s_(\w+)," % prefix, f.read(), re.M)
    return [n.lower() for n in names if not re.match("N[A-Z]+S$", n)]


REFUSAL = read_enum("run.h", "REFUSED")
VERDICT = read_enum("lease.h", "VERDICT")
STATUS = read_enum("run.h", "RUN")

# What a worker may say; the others are the pool's own.
OF_WORKER = VERDICT[:VERDICT.index("reuse_runs")]

Message = namedtuple("Message", "name id body fds")
Refused = namedtuple("Refused", "refusal retry_s why")
Grant = namedtuple("Grant", "run container pid thawed walled used mask v2 fds")
Result = namedtuple("Result", "status exit_code cut recycled signal wall_us cpu_us "
                    "memory_kb lease_us thaw_us run_us worker_us detail "
                    "output")


class Closed(Exception):
    """The other side ended the channel."""


def block(data):
    if isinstance(data, str):
        data = data.encode()
    return struct.pack("<I", len(data)) + data


class Channel:
    """One end of a channel, with the other side's wire format."""

    def __init__(self, sock):
        self.sock = sock
        self.got = b""
        self.fds = []

    def close(self):
        for fd in self.fds:
            os.close(fd)
        self.fds = []
        self.sock.close()

    def send_raw(self, data, fds=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                   array.array("i", fds))] if fds else []
        while data:
            n = self.sock.sendmsg([data], rights)
            data, rights = data[n:], []

    def send(self, name, run=0, body=b"", fds=()):
        self.send_raw(struct.pack("<IHHQ", len(body), NUMBER[name],
                                  len(fds), run) + body, fds)

    def _read(self, timeout_s):
        if not select.select([self.sock], [], [], max(0, timeout_s))[0]:
            return False
        try:
            data, rights, _, _ = self.sock.recvmsg(
                1 << 20, socket.CMSG_SPACE(64 * 4), socket.MSG_CMSG_CLOEXEC)
        except ConnectionResetError:
            data, rights = b"", []
        for level, kind, raw in rights:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self.fds += array.array("i", raw[:len(raw) // 4 * 4])
        if not data:
            raise Closed("the channel was closed")
        self.got += data
        return True

    def _take(self):
        if len(self.got) < 16:
            return None
        size, number, nfds, run = struct.unpack("<IHHQ", self.got[:16])
        if len(self.got) < 16 + size:
            return None
        body = self.got[16:16 + size]
        self.got = self.got[16 + size:]
        fds, self.fds = self.fds[:nfds], self.fds[nfds:]
        return Message(NAME.get(number, str(number)), run, body, fds)

    def receive(self, timeout_s=5.0):
        """The next message, or None."""
        end = time.monotonic() + timeout_s
        while True:
            message = self._take()
            if message is not None:
                return message
            if not self._read(end - time.monotonic()):
                return None

    def expect(self, name, run=None, timeout_s=5.0):
        m = self.receive(timeout_s)
        assert m is not None, "no %s came" % name
        assert m.name == name, "got %s %r, wanted %s" % (
            m.name, m.body[:200], name)
        if run is not None:
            equal(m.id, run)
        return m

    def expect_nothing(self, for_s=0.1):
        m = self.receive(for_s)
        assert m is None, "got %s" % (m,)

    def expect_closed(self, timeout_s=5.0):
        try:
            while True:
                m = self.receive(timeout_s)
                assert m is not None, "the channel was not closed"
        except Closed:
            return

    # what the pool says
    def expect_grant(self, run=None, timeout_s=5.0):
        m = self.expect("LEASE_GRANT", run, timeout_s)
        grant = Grant(m.id, *struct.unpack("<IIBBBHH", m.body), m.fds)
        equal(len(grant.fds), 1 + bin(grant.mask).count("1"))
        return grant

    def expect_refused(self, name, run=None, timeout_s=5.0):
        m = self.expect(name, run, timeout_s)
        code, retry_s, n = struct.unpack("<BII", m.body[:9])
        equal(len(m.body), 9 + n)
        return Refused(REFUSAL[code], retry_s, m.body[9:].decode())

    def expect_deny(self, run=None, timeout_s=5.0):
        return self.expect_refused("LEASE_DENY", run, timeout_s)

    # what a worker says
    def expect_return(self, run=None, timeout_s=5.0):
        m = self.expect("LEASE_RETURN", run, timeout_s)
        n = struct.unpack("<I", m.body[1:5])[0]
        equal(len(m.body), 5 + n)
        return VERDICT[m.body[0]], m.body[5:].decode()

    def expect_result(self, run=None, timeout_s=5.0):
        return parse_result(self.expect("RESULT", run, timeout_s).body)


def parse_result(body):
    fixed = struct.unpack("<BBBBIIQQQQQQQ", body[:68])
    status, has_code, cut, recycled, code, sig = fixed[:6]
    n = struct.unpack("<I", body[68:72])[0]
    detail = body[72:72 + n].decode()
    return Result(STATUS[status], code if has_code else None, cut, recycled,
                  sig, *fixed[6:], detail, split_output(body[72 + n:]))


def split_output(data):
    """[(stream, bytes), ...] in the order in which it was written."""
    parts = []
    while data:
        stream, n = struct.unpack("<BI", data[:5])
        assert len(data) >= 5 + n, "a segment is cut"
        parts.append((stream, data[5:5 + n]))
        data = data[5 + n:]
    return parts


def pair():
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return a, b


# ---- a child of the supervisor --------------------------------------------

LANGUAGES = [
    {"name": name, "title": name.title(), "version": "1", "extension": "x",
     "main": "main.x", "image": "safe-code-executor/%s:0123" % name,
     "example": "example", "aliases": [], "run": ["/bin/x", "main.x"]}
    for name in ("bash", "python")
]


class Child:
    """The real process in one of its roles; this test is its supervisor."""

    def __init__(self, program, role, settings, languages=None):
        self.languages = LANGUAGES if languages is None else languages
        ours, theirs = pair()
        self.log = tempfile.TemporaryFile()
        self.process = start_with_fd_3(program, role, theirs, self.log)
        theirs.close()
        self.control = Channel(ours)
        self.passed_over = []  # what it said while a PONG was awaited
        at_end(self.end)
        text = "".join("%s = %s\n" % item for item in settings.items())
        self.control.send("CONFIG", 0, block(text) + block(
            json.dumps(self.languages)) + struct.pack("<H", 0))
        self.control.expect("READY", timeout_s=10)

    def peer(self, role, index=0):
        """A channel to it, as that other process would have it."""
        ours, theirs = pair()
        self.control.send("PEER", 0, struct.pack("<BH", ROLE[role], index),
                          [theirs.fileno()])
        theirs.close()
        channel = Channel(ours)
        at_end(channel.close)
        return channel

    def ping(self):
        """Everything sent before it on this channel has been handled."""
        self.control.send("PING")
        while True:
            m = self.control.receive(5)
            assert m is not None, "it does not answer a ping"
            if m.name == "PONG":
                return
            self.passed_over.append(m.name)

    def lives(self):
        return self.process.poll() is None

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def ended(self, timeout_s=2.0):
        until(lambda: not self.lives(), timeout_s, "it ends")
        return self.process.returncode

    def end(self):
        died = self.process.poll()
        self.control.close()
        if died is None:
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                print("# it did not end with its control channel")
        said = self.said()
        if died not in (None, 0) or "ERROR: " in said or \
                "runtime error" in said or "Assertion" in said:
            print("# exit code %s\n# %s" % (
                died, said[-3000:].replace("\n", "\n# ")), flush=True)
        self.log.close()


def start_with_fd_3(program, role, sock, log):
    # Descriptor 3 must be free for it, and no pipe of subprocess's own.
    low = []
    while not low or low[-1] <= 3:
        low.append(os.open("/dev/null", os.O_RDONLY))
    try:
        return subprocess.Popen(
            [os.path.abspath(program), "--role=%s" % role],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            # Leaks of a process that is about to end are no leaks.
            env=dict({"ASAN_OPTIONS": "detect_leaks=0"}, **os.environ),
            preexec_fn=lambda: os.dup2(sock.fileno(), 3), pass_fds=(3,))
    finally:
        for fd in low:
            os.close(fd)


def main(cases, doc):
    if len(sys.argv) not in (2, 3):
        print(doc, file=sys.stderr)
        return 2
    return run_tests(cases.all, sys.argv[2] if len(sys.argv) > 2 else "")
