#!/usr/bin/python3
"""A Docker engine that runs nothing, for tests of the pool.

    fake_engine.py SOCKET

Speaks the part of the Engine's API that pool/ uses, on a Unix socket, and
plays the runner in each container.  As a module:

    engine = FakeEngine("/tmp/x/docker.sock")
    engine.start()
    engine.misbehave("create", status=404, body={"message": "No such image"})
    engine.misbehave("pause", silent=True, times=1)
    engine.existing()            # what has not been deleted

Steps: version info events list create start exec_create exec_start exec_inspect
inspect pause unpause delete.
"""

import collections
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse

# ---- frames: common/frames.h ----------------------------------------------

RUN, KILL = 1, 2
HELLO, READY, OUT, ERR, EXIT, FAIL, TOO_LARGE, DIRTY = range(64, 72)
VERSION = 3
NO_PROCESS = (1 << 22) + 1  # above any pid: no cgroup files are found


def frame(kind, body=b""):
    return struct.pack("<IB", len(body), kind) + body


def docker_part(stream, data):
    """As the engine sends it: its header, then the payload."""
    return struct.pack(">BxxxI", stream, len(data)) + data


def exit_body(code=0, how=0, cause=0, cut=0, wall_us=1000, cpu_us=1000,
              memory_kb=1000):
    return struct.pack("<BIBBQQQ", how, code, cause, cut, wall_us, cpu_us,
                       memory_kb)


def hello_body(version=VERSION, walled=False, why_not="no wall"):
    why = b"" if walled else why_not.encode()
    return struct.pack("<IBI", version, walled, len(why)) + why


def greeting_of(walled):
    return docker_part(1, frame(HELLO, hello_body(walled=walled)) +
                       frame(READY))


GREETING = greeting_of(False)
WALLED = greeting_of(True)


class RunBody:
    """RUN, taken apart."""

    def __init__(self, body):
        self.rest = body
        self.cpu_s, self.file_mb, self.open_files, self.output_bytes = \
            self._take("<IIIQ")
        self.argv = [self._block() for _ in range(self._take("<H")[0])]
        self.env = [self._block() for _ in range(self._take("<H")[0])]
        self.files = [(self._block(), self._block())
                      for _ in range(self._take("<H")[0])]
        self.stdin = self._block()

    def _take(self, form):
        n = struct.calcsize(form)
        values = struct.unpack(form, self.rest[:n])
        self.rest = self.rest[n:]
        return values

    def _block(self):
        n = self._take("<I")[0]
        data, self.rest = self.rest[:n], self.rest[n:]
        return data


def run_body(script, stdin=b"", output_bytes=1 << 20):
    """A program for the runner below, as web would send it."""
    def text(data):
        data = data.encode() if isinstance(data, str) else data
        return struct.pack("<I", len(data)) + data
    return (struct.pack("<IIIQ", 12, 64, 256, output_bytes) +
            struct.pack("<H", 2) + text("/bin/x") + text("main.x") +
            struct.pack("<H", 0) +
            struct.pack("<H", 1) + text("main.x") + text(script) +
            text(stdin))


class Runner:
    """Plays the runner over an open stream, in a thread of its own.

    The program is its first file, one command a line:

        echo TEXT    err TEXT    stdin        write
        flood BYTES  split TEXT               much; byte by byte
        sleep S      wait                     until KILL comes
        ignore                                and do not even end at KILL
        exit CODE    signal N                 end (exit 0 without it)
        fail WHY     nonsense    close        what a broken one does
        toolarge WHY                          its files do not fit
        lost                                  what watched over it was killed
        raw HEX                               on Docker's stream, as it is

    One that is walled says READY after EXIT, FAIL and TOO_LARGE, unless

        then late S    then nothing    then close    then raw HEX

    told it before to say so later, or something else instead.
    """

    def __init__(self, sock, greeting=GREETING, walled=False):
        self.sock = sock
        self.greeting = greeting
        self.walled = walled
        self.then = ""
        self.got = b""
        self.killed = False
        self.runs = []
        self.kills = 0
        self.ended = threading.Event()

    def start(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def say(self, kind, body=b""):
        self.sock.sendall(docker_part(1, frame(kind, body)))

    def next_frame(self, timeout_s=None):
        """(kind, body); None: nothing in time.  EOFError at the end."""
        self.sock.settimeout(timeout_s)
        while True:
            if len(self.got) >= 5:
                n, kind = struct.unpack("<IB", self.got[:5])
                if len(self.got) >= 5 + n:
                    body = self.got[5:5 + n]
                    self.got = self.got[5 + n:]
                    return kind, body
            try:
                data = self.sock.recv(1 << 16)
            except socket.timeout:
                return None
            finally:
                self.sock.settimeout(None)
            if not data:
                raise EOFError
            self.sock.settimeout(timeout_s)
            self.got += data

    def serve(self):
        try:
            if self.greeting:
                self.sock.sendall(self.greeting)
            while True:
                kind, body = self.next_frame()
                if kind == KILL:
                    self.kills += 1
                elif kind == RUN:
                    self.runs.append(RunBody(body))
                    self.run(self.runs[-1])
        except (OSError, EOFError, ValueError):
            pass
        finally:
            self.ended.set()
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.sock.close()

    def wait(self, seconds):
        """True: KILL came within that time."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.killed:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return False
            got = self.next_frame(left)
            if got is not None and got[0] == KILL:
                self.kills += 1
                self.killed = True
        return True

    def exit(self, code=0, how=0, cause=0):
        if self.killed:
            self.end(EXIT, exit_body(9, 1, 2))
        else:
            self.end(EXIT, exit_body(code, how, cause))

    def end(self, kind, body):
        """The run's last frame, and what comes after it."""
        word, _, rest = self.then.partition(" ")
        last = docker_part(1, frame(kind, body))
        if word == "raw":
            self.sock.sendall(last + bytes.fromhex(rest))
            return
        self.sock.sendall(last)
        if word == "late":
            time.sleep(float(rest))
        if word == "close":
            raise EOFError
        if self.walled and word in ("", "late"):
            self.say(READY)

    def run(self, run):
        self.killed = False
        self.then = ""
        for line in run.files[0][1].decode().splitlines():
            word, _, rest = line.partition(" ")
            if self.step(word, rest, run):
                return
        self.exit()

    def step(self, word, rest, run):
        """True: that was the end."""
        if word == "echo":
            self.say(OUT, rest.encode())
        elif word == "err":
            self.say(ERR, rest.encode())
        elif word == "stdin":
            self.say(OUT, run.stdin)
        elif word == "split":
            whole = docker_part(1, frame(OUT, rest.encode()))
            for i in range(len(whole)):
                self.sock.sendall(whole[i:i + 1])
        elif word == "flood":
            for _ in range(0, int(rest), 65536):
                self.say(OUT, b"x" * 65536)
        elif word == "sleep":
            if self.wait(float(rest)):
                self.exit()
                return True
        elif word == "wait":
            self.wait(None)
            self.exit()
            return True
        elif word == "ignore":
            self.wait(None)
            self.wait_for_the_end()
        elif word in ("exit", "signal"):
            self.exit(int(rest), word == "signal")
            return True
        elif word == "fail":
            self.end(FAIL, struct.pack("<I", len(rest)) + rest.encode())
            return True
        elif word == "toolarge":
            self.end(TOO_LARGE, struct.pack("<I", len(rest)) + rest.encode())
            return True
        elif word == "lost":
            self.exit(9, 1, 3)
            return True
        elif word == "then":
            self.then = rest
        elif word == "raw":
            self.sock.sendall(bytes.fromhex(rest))
        elif word == "nonsense":
            self.sock.sendall(docker_part(1, b"\xff" * 100))
        elif word == "close":
            raise EOFError
        else:
            raise ValueError("no such command: %s" % word)
        return False

    def wait_for_the_end(self):
        while True:
            self.next_frame()


# ---- HTTP -----------------------------------------------------------------

class Fault:
    """How a step goes wrong.  times: so often; None: always."""

    def __init__(self, times=None, delay_s=0.0, status=None, body=None,
                 raw=None, cut=None, silent=False, refuse=False,
                 languages=None):
        self.times = times
        self.delay_s = delay_s
        self.status = status
        self.body = body      # an object; bytes are sent as they are
        self.raw = raw        # instead of an HTTP answer
        self.cut = cut        # the connection is closed after so many bytes
        self.silent = silent  # the answer never comes
        self.refuse = refuse  # the step itself is not done
        self.languages = languages


class Container:
    def __init__(self, number, name, spec):
        self.id = "%064x" % number
        self.name = name
        self.spec = spec
        self.labels = spec.get("Labels") or {}
        self.image = spec.get("Image", "")
        self.state = "created"
        self.deleted = False
        self.runner = None
        self.exec_id = None


ROUTES = [
    ("version", "GET", r"/version"),
    ("info", "GET", r"/info"),
    ("events", "GET", r"/events"),
    ("list", "GET", r"/containers/json"),
    ("create", "POST", r"/containers/create"),
    ("start", "POST", r"/containers/([^/]+)/start"),
    ("exec_create", "POST", r"/containers/([^/]+)/exec"),
    ("exec_start", "POST", r"/exec/([^/]+)/start"),
    ("exec_inspect", "GET", r"/exec/([^/]+)/json"),
    ("inspect", "GET", r"/containers/([^/]+)/json"),
    ("pause", "POST", r"/containers/([^/]+)/pause"),
    ("unpause", "POST", r"/containers/([^/]+)/unpause"),
    ("delete", "DELETE", r"/containers/([^/]+)"),
]
PREWARM_STEPS = ["create", "start", "exec_create", "exec_start",
                 "exec_inspect", "pause"]
REASONS = {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found",
           409: "Conflict", 500: "Internal Server Error"}


class Refuse(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class FakeEngine:
    def __init__(self, path):
        self.path = path
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.containers = []     # all that ever were, in order of creation
        self.calls = collections.Counter()
        self.history = []        # (step, container's name or "")
        self.faults = {}
        self.listeners = []      # sockets of /events
        self.event_filters = {}
        self.honour_filters = True
        self.greeting = GREETING
        self.walled = False      # of every runner from now on
        self.pid = NO_PROCESS    # of every exec session
        self.first_pid = NO_PROCESS  # of every container
        self.cgroup = None       # what stands for the id in their cgroup's path
        self.peak_making = 0
        self.connections = set()
        self.listening = None

    # -- for the tests

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(self.path)
        self.listening.listen(128)
        threading.Thread(target=self._accept, args=(self.listening,),
                         daemon=True).start()
        return self

    def stop(self):
        """Gone: no socket, every connection and stream is closed."""
        with self.lock:
            listening, self.listening = self.listening, None
            if listening is not None:
                os.unlink(self.path)
                listening.shutdown(socket.SHUT_RDWR)
                listening.close()
            for connection in list(self.connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.listeners = []

    def misbehave(self, step, **how):
        with self.lock:
            self.faults[step] = Fault(**how)

    def behave(self, step=None):
        with self.lock:
            if step is None:
                self.faults = {}
            else:
                self.faults.pop(step, None)

    def existing(self, state=None, language=None):
        with self.lock:
            return [c for c in self.containers if not c.deleted and
                    (state is None or c.state == state) and
                    (language is None or c.labels.get(
                        "safe-code-executor.language") == language)]

    def names(self, step):
        with self.lock:
            return [name for s, name in self.history if s == step]

    def wait(self, condition, timeout_s=5.0, what="the condition"):
        """Until the engine's state fulfils it."""
        end = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError("never: %s; there are %s" % (
                        what, [(c.name, c.state)
                               for c in self.existing()]))
                self.changed.wait(left)

    def add(self, name, labels, state="paused"):
        """A container that was there before."""
        with self.changed:
            c = Container(len(self.containers) + 1, name,
                          {"Labels": labels, "Image": "?"})
            c.state = state
            self.containers.append(c)
            return c

    def emit(self, action, container, raw=None):
        """An event; raw: these bytes instead, as they are."""
        line = raw if raw is not None else json.dumps({
            "Type": "container", "Action": action, "Actor": {
                "ID": container.id, "Attributes": dict(
                    container.labels, name=container.name,
                    image=container.image)}}).encode() + b"\n"
        with self.lock:
            wanted = self.event_filters.get("event")
            if raw is None and self.honour_filters and wanted and \
                    action not in wanted:
                return
            for listener in list(self.listeners):
                try:
                    listener.sendall(b"%x\r\n%s\r\n" % (len(line), line))
                except OSError:
                    self.listeners.remove(listener)

    def die(self, container, action="die"):
        """It ends by itself: its stream closes, an event says so."""
        self._close_runner(container)
        self.emit(action, container)

    def close_streams_of_events(self):
        with self.lock:
            for listener in self.listeners:
                listener.shutdown(socket.SHUT_RDWR)
            self.listeners = []

    # -- connections

    def _accept(self, listening):
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with self.lock:
                self.connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,),
                             daemon=True).start()

    def _serve(self, connection):
        keep = False
        try:
            buffer = b""
            while not keep:
                request, buffer = self._read_request(connection, buffer)
                if request is None:
                    return
                keep = self._handle(connection, *request)
        except OSError:
            pass
        finally:
            if not keep:
                self._forget(connection)

    def _forget(self, connection):
        with self.lock:
            self.connections.discard(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    @staticmethod
    def _read_request(connection, buffer):
        while b"\r\n\r\n" not in buffer:
            data = connection.recv(65536)
            if not data:
                return None, b""
            buffer += data
        head, _, buffer = buffer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        while len(buffer) < length:
            data = connection.recv(65536)
            if not data:
                return None, b""
            buffer += data
        method, target, _ = lines[0].split(" ")
        return (method, target, buffer[:length]), buffer[length:]

    def _route(self, method, path):
        for step, wanted, pattern in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == wanted:
                return step, found.group(1) if found.groups() else ""
        return "?", ""

    def _fault(self, step):
        with self.lock:
            fault = self.faults.get(step)
            if fault is None:
                return Fault()
            if fault.times is not None:
                if fault.times == 0:
                    return Fault()
                fault.times -= 1
            return fault

    def _handle(self, connection, method, target, body):
        """True: the connection is somebody else's now."""
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        step, which = self._route(method, url.path)
        fault = self._fault(step)
        answer, after = self._do(step, which, query, body, fault, connection)
        if fault.delay_s:
            time.sleep(fault.delay_s)
        if fault.silent:
            # Until the other side has had enough.
            connection.recv(1)
            raise OSError
        if fault.raw is not None:
            answer = fault.raw
        if fault.cut is not None:
            connection.sendall(answer[:fault.cut])
            raise OSError
        connection.sendall(answer)
        if after is not None and fault.raw is None:
            after()
            return True
        return False

    def _do(self, step, which, query, body, fault, connection):
        """Does it, and gives the answer and what follows it."""
        container = None
        try:
            with self.changed:
                container = self._find(which) if which else None
                self.calls[step] += 1
                self.history.append((step, container.name if container
                                     else query.get("name", "")))
                if fault.status is not None or fault.refuse:
                    raise Refuse(fault.status or 500, "as told")
                status, value, after = self._act(step, container, which,
                                                 query, body, connection)
                self.changed.notify_all()
        except Refuse as refused:
            status, value, after = refused.status, {
                "message": str(refused)}, None
            with self.changed:
                self.changed.notify_all()
        if fault.body is not None:
            value, after = fault.body, None
            status = 200 if status == 101 else status
        if step in ("exec_start", "events") and after is not None:
            return value, after
        return self._answer(status, value), after

    @staticmethod
    def _answer(status, value):
        data = b"" if value is None or status == 204 else \
            value if isinstance(value, bytes) else json.dumps(value).encode()
        head = "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n" % (
            status, REASONS.get(status, "?"))
        if status != 204:
            head += "Content-Length: %d\r\n" % len(data)
        return head.encode() + b"\r\n" + data

    # -- what it does

    def _find(self, which):
        for c in self.containers:
            if not c.deleted and which in (c.id, c.name, c.exec_id):
                return c
        return None

    def _act(self, step, c, which, query, body, connection):
        if step == "?":
            raise Refuse(404, "page not found")
        if which and c is None:
            raise Refuse(404, "No such container: %s" % which)
        return getattr(self, "_do_" + step)(c, query, body, connection)

    def _do_version(self, _c, _query, _body, _connection):
        return 200, {
            "Version": "20.10.24-fake", "ApiVersion": "1.41",
            "KernelVersion": "6.1.0-fake", "Components": [
                {"Name": "runc", "Version": "1.1.5+ds1",
                 "Details": {"GitCommit": "1.1.5+ds1-1+deb12u1"}},
                {"Name": "containerd", "Version": "1.6.20~ds1",
                 "Details": {"GitCommit": ""}}]}, None

    def _do_info(self, _c, _query, _body, _connection):
        return 200, {
            "OperatingSystem": "Fake", "CgroupVersion": "2",
            "CgroupDriver": "systemd", "DefaultRuntime": "runc",
            "SecurityOptions": ["name=seccomp,profile=default"]}, None

    def _do_list(self, _c, query, _body, _connection):
        wanted = json.loads(query.get("filters", "{}")).get("label", [])
        found = []
        for c in self.containers:
            if c.deleted or (self.honour_filters and not all(
                    label in c.labels for label in wanted)):
                continue
            found.append({"Id": c.id, "Names": ["/" + c.name],
                          "Labels": c.labels, "State": c.state})
        return 200, found, None

    def _do_create(self, _c, query, body, _connection):
        name = query.get("name", "")
        if self._find(name):
            raise Refuse(409, "Conflict. The container name is in use")
        c = Container(len(self.containers) + 1, name, json.loads(body))
        self.containers.append(c)
        making = sum(1 for o in self.containers if not o.deleted and
                     o.state in ("created", "running") and
                     not getattr(o, "lent", False))
        self.peak_making = max(self.peak_making, making)
        return 201, {"Id": c.id, "Warnings": []}, None

    def _do_start(self, c, _query, _body, _connection):
        c.state = "running"
        self.emit("start", c)
        return 204, None, None

    def _do_exec_create(self, c, _query, _body, _connection):
        if c.state != "running":
            raise Refuse(409, "Container is not running")
        c.exec_id = "e" + c.id[1:]
        return 201, {"Id": c.exec_id}, None

    def _do_exec_start(self, c, _query, _body, connection):
        if c.state != "running":
            raise Refuse(409, "Container is not running")

        def become_runner():
            c.runner = Runner(connection, WALLED if self.walled else
                              self.greeting, self.walled)
            c.runner.start()
        return 101, (
            b"HTTP/1.1 101 UPGRADED\r\n"
            b"Content-Type: application/vnd.docker.raw-stream\r\n"
            b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"), become_runner

    def _do_exec_inspect(self, c, _query, _body, _connection):
        return 200, {"ID": c.exec_id, "Running": True, "Pid": self.pid,
                     "ContainerID": self.cgroup or c.id}, None

    def _do_inspect(self, c, _query, _body, _connection):
        return 200, {"Id": self.cgroup or c.id,
                     "State": {"Pid": self.first_pid}}, None

    def _do_pause(self, c, _query, _body, _connection):
        if c.state != "running":
            raise Refuse(409, "Container is not running")
        c.state = "paused"
        self.emit("pause", c)
        return 204, None, None

    def _do_unpause(self, c, _query, _body, _connection):
        if c.state != "paused":
            raise Refuse(500, "Container is not paused")
        c.state = "running"
        c.lent = True
        self.emit("unpause", c)
        return 204, None, None

    def _close_runner(self, c):
        if c.runner is not None:
            try:
                c.runner.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _do_delete(self, c, _query, _body, _connection):
        c.deleted = True
        self._close_runner(c)
        self.emit("die", c)
        self.emit("destroy", c)
        return 204, None, None

    def _do_events(self, _c, query, _body, connection):
        self.event_filters = json.loads(query.get("filters", "{}"))

        def listen():
            with self.changed:
                self.listeners.append(connection)
                self.changed.notify_all()
        return 200, (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n"), listen


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    engine = FakeEngine(sys.argv[1]).start()
    print("fake engine at unix://%s" % engine.path, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
