"""A playground that is like a container, without Docker.

A box has pid, mount, ipc and network namespaces of its own, a small tmpfs at
/home/sandbox, `runner init` as pid 1 and `runner serve` started into it from
outside, as an exec session is.  Both run under an unprivileged user id that
nothing else on the machine uses, so kill(-1) and fork bombs stay inside.

In a box that is not walled the kernel refuses the inner wall, as it does on
some hosts.
"""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time

import frames

UID = 70000 + os.getpid() % 50000  # two of these tests may run at once
PROCESSES = 200
PATIENCE_S = 20

SETUP = """
set -e
mount -t tmpfs tmpfs /home
mkdir /home/sandbox
mount -t tmpfs -o size=4m,nr_inodes=3000,mode=0755,uid=%d,gid=%d \
    tmpfs /home/sandbox
cat <&3 >/home/runner
%s -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sH14x", b"lo", 1))'
chmod 755 /home/runner
cd /
echo up
exec 3<&- >/dev/null 2>&1
""" % (UID, UID, sys.executable)

# Over a covered /proc the kernel lets nobody mount a new one.
NO_WALL = "mount --bind /dev/null /proc/version\n"

AS_USER = ["prlimit", "--nproc=%d" % PROCESSES,
           "setpriv", "--reuid=%d" % UID, "--regid=%d" % UID,
           "--clear-groups", "--no-new-privs", "--inh-caps=-all",
           "--bounding-set=-all"]


class Box:
    """With a pid 1 that ignores SIGTERM, serve's own exit code is seen."""

    def __init__(self, runner, immortal=False, walled=True):
        self.walled = walled
        setup = SETUP if walled else NO_WALL + SETUP
        with open(runner, "rb") as program:
            pid1 = "exec sleep 1000" if immortal else \
                "exec %s /home/runner init </dev/null" % " ".join(AS_USER)
            self.unshare = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--ipc", "--net", "--fork",
                 "--mount-proc", "sh", "-c", "exec 3<&0 2>&1;" + setup + pid1],
                stdin=program, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL)  # unshare 2.38 complains at its end
        said = self.unshare.stdout.readline()
        assert said == b"up\n", said
        self.pid1 = int(children(self.unshare.pid)[0])
        self.serve = None
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.unshare.poll() is None:
            os.kill(self.pid1, signal.SIGKILL)
        self.unshare.wait()
        self.unshare.stdout.close()
        if self.serve is not None:
            self.serve.wait()
            for stream in (self.serve.stdin, self.serve.stdout,
                           self.serve.stderr):
                stream.close()

    def enter(self, argv, **streams):
        return subprocess.Popen(
            ["nsenter", "--target", str(self.pid1), "--mount", "--pid",
             "--ipc", "--net", "--wdns=/"] + AS_USER + argv,
            bufsize=0, **streams)

    def start(self):
        """Starts serve and hears its HELLO and READY."""
        pipe = subprocess.PIPE
        self.serve = self.enter(["/home/runner", "serve", "4", "3000"], stdin=pipe,
                                stdout=pipe, stderr=pipe)
        hello = self.read_frame()
        assert hello[0] == frames.HELLO, hello
        version, walled, said = struct.unpack_from("<IBI", hello[1])
        assert version == frames.VERSION, hello
        self.why_not = hello[1][9:].decode()
        assert bool(walled) == self.walled and said == len(self.why_not), hello
        assert self.read_frame() == (frames.READY, b"")
        return self

    # what the host does

    def send(self, data):
        self.serve.stdin.write(data)

    def send_all(self, data):
        """Writes without ever waiting for a runner that wants to be read."""
        fd = self.serve.stdin.fileno()
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
        heard = b""
        until = time.monotonic() + PATIENCE_S
        while data:
            assert time.monotonic() < until, "the runner does not read"
            out = self.serve.stdout
            readable, writable, _ = select.select([out], [fd], [], 1)
            if readable:
                heard += os.read(out.fileno(), 65536)
            if writable:
                data = data[os.write(fd, data[:65536]):]
        fcntl.fcntl(fd, fcntl.F_SETFL, 0)
        self.pending += heard

    def run(self, argv, **rest):
        self.send_all(frames.frame(frames.RUN, frames.run_body(argv, **rest)))

    def python(self, code, **rest):
        self.run(["/usr/bin/python3", "-c", code], **rest)

    def shell(self, code, **rest):
        self.run(["/bin/sh", "-c", code], **rest)

    def kill(self):
        self.send(frames.frame(frames.KILL))

    def read_some(self, timeout_s=PATIENCE_S):
        """False at the end of the stream."""
        out = self.serve.stdout.fileno()
        assert select.select([out], [], [], timeout_s)[0], "silence"
        data = os.read(out, 65536)
        self.pending += data
        return data != b""

    def read_frame(self, timeout_s=PATIENCE_S):
        """None at the end of the stream."""
        while True:
            have = self.pending
            need = 5
            if len(have) >= 5:
                need += int.from_bytes(have[:4], "little")
                assert need <= 5 + frames.OUTPUT_MAX, "frame of %d" % need
            if len(have) >= need:
                self.pending = have[need:]
                return have[4], have[5:need]
            if not self.read_some(timeout_s):
                assert have == b"", "half a frame: %r" % have
                return None

    def read_until(self, *kinds):
        """Frames up to one of these kinds; OUT and ERR are kept in order."""
        output = []
        while True:
            got = self.read_frame()
            assert got is not None, "the stream ended: %r" % self.last_words()
            if got[0] in kinds:
                return output, got
            assert got[0] in (frames.OUT, frames.ERR), got
            assert got[1], "an empty frame"
            output.append(got)

    def result(self):
        """(stdout, stderr, Exit) of the program that was sent."""
        output, last = self.read_until(frames.EXIT, *frames.FAILURES)
        assert last[0] == frames.EXIT, frames.fail_of(last[1])
        return (joined(output, frames.OUT), joined(output, frames.ERR),
                frames.exit_of(last[1]))

    def failure(self, kind=frames.FAIL):
        output, last = self.read_until(frames.EXIT, *frames.FAILURES)
        assert last[0] == kind and not output, (output, last)
        return frames.fail_of(last[1])

    def wait_for_output(self, text):
        got = self.read_frame()
        assert got == (frames.OUT, text), got

    def wait_ready(self):
        """The sandbox of the next program stands."""
        got = self.read_frame()
        assert got == (frames.READY, b""), got

    # what is seen from outside

    def serve_pid(self):
        return int(children(self.serve.pid)[0])

    def rss_kb(self):
        """Of its own; the program's text is shared by all containers."""
        with open("/proc/%d/status" % self.serve_pid()) as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
        raise AssertionError("no RssAnon")

    def last_words(self):
        """Everything serve says on stderr; waits for its end."""
        self.serve.wait(PATIENCE_S)
        return self.serve.stderr.read().decode()

    def end(self):
        """Closes the stream; serve's exit code."""
        self.serve.stdin.close()
        while self.read_some():
            pass
        return self.serve.wait(PATIENCE_S)


def is_sanitized(runner):
    """Then its memory says nothing."""
    with open(runner, "rb") as program:
        return b"__asan_init" in program.read()


def joined(output, kind):
    return b"".join(body for k, body in output if k == kind)


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as listed:
        return listed.read().split()


def processes_of_user():
    """How many processes, zombies too, run under the box's user id."""
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/status" % pid) as status:
                count += ("\nUid:\t%d\t" % UID) in status.read()
        except (FileNotFoundError, ProcessLookupError):
            pass
    return count


def wait_until(question, what, timeout_s=5):
    until = time.monotonic() + timeout_s
    while not question():
        assert time.monotonic() < until, "never: " + what
        time.sleep(0.01)
