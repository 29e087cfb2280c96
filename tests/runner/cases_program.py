"""What a program finds, what it may use, and what becomes of its streams."""

import os
import signal
import time

import frames
from box import Box, is_sanitized, joined


def exit_code_is_told(runner):
    for code in (0, 1, 7, 137, 255):
        with Box(runner) as box:
            box.start().shell("exit %d" % code)
            out, err, end = box.result()
            assert (out, err) == (b"", b"")
            assert end[:4] == (frames.EXITED, code, frames.BY_ITSELF, 0), end
            assert 0 < end.wall_us < 5e6 and 0 < end.cpu_us < 5e6, end


def signal_is_told(runner):
    for number in (signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM,
                   signal.SIGPIPE):
        with Box(runner) as box:
            box.start().shell("kill -%d $$" % number)
            end = box.result()[2]
            assert end[:3] == (frames.SIGNALLED, number, frames.BY_ITSELF), end


def streams_are_apart_and_in_order(runner):
    # The program writes on when the runner has emptied the pipe.  Faster, two
    # pipes cannot tell.
    code = """
import fcntl, os, struct, termios
for i in range(100):
    fd = 1 + i % 2
    os.write(fd, b'%d;' % i)
    while fcntl.ioctl(fd, termios.FIONREAD, bytes(4)) != bytes(4):
        pass
"""
    with Box(runner) as box:
        box.start().python(code)
        output, _ = box.read_until(frames.EXIT)
        assert output == [(frames.OUT + i % 2, b"%d;" % i)
                          for i in range(100)], output


def first_writes_come_in_order_without_a_pause(runner):
    for first, second in ((1, 2), (2, 1)):
        for _ in range(5):
            with Box(runner) as box:
                box.start().shell("echo a >&%d; echo b >&%d" % (
                    first, second))
                output, _ = box.read_until(frames.EXIT)
                assert b"".join(o[1] for o in output) == b"a\nb\n", output


def five_megabytes_go_in_and_out(runner):
    data = os.urandom(1 << 20) * 5
    with Box(runner) as box:
        box.start().run(["/bin/cat"], stdin=data, output_bytes=1 << 30)
        out, _, end = box.result()
        assert out == data and end.value == 0


def standard_input_ends(runner):
    for given in (b"", b"x", bytes(65536), bytes(65537)):
        with Box(runner) as box:
            box.start().run(["/usr/bin/wc", "-c"], stdin=given)
            assert int(box.result()[0]) == len(given)


def standard_input_need_not_be_read(runner):
    for code in ("exit 3", "exec 0<&-; sleep 0.2; exit 3",
                 "head -c 5 >/dev/null; exit 3"):
        with Box(runner) as box:
            box.start().shell(code, stdin=bytes(5 << 20))
            end = box.result()[2]
            assert (end.how, end.value) == (frames.EXITED, 3), end


def output_just_at_the_limit_is_whole(runner):
    for n in (0, 1, 65535, 65536, 65537, 200000):
        with Box(runner) as box:
            box.start().shell("head -c %d /dev/zero" % n, output_bytes=n)
            out, _, end = box.result()
            assert len(out) == n, len(out)
            assert end[:4] == (frames.EXITED, 0, frames.BY_ITSELF, 0), end


def output_above_the_limit_is_cut_there(runner):
    for n in (0, 1, 65535, 65536, 65537, 200000):
        with Box(runner) as box:
            box.start().shell("head -c %d /dev/zero" % (n + 1),
                              output_bytes=n)
            out, _, end = box.result()
            assert len(out) == n, len(out)
            assert end[2:4] == (frames.OUTPUT_LIMIT, frames.CUT_STDOUT), end


def output_limit_ends_an_endless_program(runner):
    with Box(runner) as box:
        began = time.monotonic()
        box.start().shell("yes >&2 & echo fine; wait", output_bytes=300000)
        out, err, end = box.result()
        assert (out, len(err)) == (b"fine\n", 300000), (out, len(err))
        assert end[2:4] == (frames.OUTPUT_LIMIT, frames.CUT_STDERR), end
        assert (end.how, end.value) == (frames.SIGNALLED, signal.SIGKILL)
        assert time.monotonic() - began < 5


def standard_output_may_be_closed_early(runner):
    with Box(runner) as box:
        box.start().shell("echo a; exec >&-; sleep 0.3; echo b >&2; exit 4")
        out, err, end = box.result()
        assert (out, err, end.value) == (b"a\n", b"b\n", 4)
        assert end.wall_us > 250000, end


def tail_in_the_pipe_is_not_lost(runner):
    for _ in range(5):
        with Box(runner) as box:
            box.start().shell("head -c 65536 /dev/zero >&2; "
                              "head -c 65536 /dev/zero")
            out, err, end = box.result()
            assert (len(out), len(err), end.cut) == (65536, 65536, 0)


def packets_in_a_pipe_are_not_left_there(runner):
    code = "import fcntl, os\nfcntl.fcntl(1, fcntl.F_SETFL, os.O_DIRECT)\n" \
        "for i in range(300): os.write(1, b'%03d' % i)\n" \
        "import time; time.sleep(0.5); os.write(2, b'.')"
    with Box(runner) as box:
        box.start().python(code)
        output, _ = box.read_until(frames.EXIT)
        want = b"".join(b"%03d" % i for i in range(300))
        assert joined(output, frames.OUT) == want
        assert output[-1] == (frames.ERR, b".")


def files_are_written(runner):
    look = b"""import os
for name in sorted(os.listdir(b".") + [b"a/b/c.txt", b"a/b/d.bin"]):
    mode = os.stat(name).st_mode
    print(name, oct(mode), not mode & 0o40000 and open(name, "rb").read())
print(oct(os.stat("a/b").st_mode))
"""
    files = [(b"look.py", look), (b"a/b/c.txt", b"deep"),
             (b"a/b/d.bin", bytes(range(256))), (b"empty", b""),
             (b"x" * 255, b"1"), (b"\xff", b"2")]
    with Box(runner) as box:
        box.start().run(["/usr/bin/python3", "look.py"],
                        files=files)
        out, err, _ = box.result()
        wanted = ["%r 0o100644 %r" % file for file in files]
        wanted.append("%r 0o40755 False" % b"a")
        wanted.sort(key=lambda line: eval(line.split(" 0o")[0]))
        assert out.decode().splitlines() == wanted + ["0o40755"], (out, err)


def a_thousand_deep_files_are_written(runner):
    files = [("/".join("d" * 100), b"x")] + \
        [("d/%d" % i, b"") for i in range(1023)]
    with Box(runner) as box:
        box.start().shell("find . -type f | wc -l", files=files)
        assert box.result()[0] == b"1024\n"


FAILURES = [
    ("cannot execute '/no/such/file': No such file or directory",
     dict(argv=["/no/such/file"])),
    ("cannot execute 'true': No such file or directory",
     dict(argv=["true"])),
    ("cannot execute '/etc/passwd': Permission denied",
     dict(argv=["/etc/passwd"])),
    ("cannot execute './a': Permission denied",
     dict(argv=["./a"], files=[("a", b"#!/bin/sh\n")])),
    ("cannot execute '/bin/true': Argument list too long",
     dict(argv=["/bin/true", "x" * 200000])),
    ("cannot write file 'a': File exists",
     dict(argv=["/bin/true"], files=[("a", b""), ("a", b"")])),
    ("cannot write file 'a/b': Not a directory",
     dict(argv=["/bin/true"], files=[("a", b""), ("a/b", b"")])),
    ("cannot write file 'a': File exists",
     dict(argv=["/bin/true"], files=[("a/b", b""), ("a", b"")])),
    ("file name '../a' has '.' or '..' as a part",
     dict(argv=["/bin/true"], files=[("../a", b"")])),
    ("file name '/tmp/a' begins with '/'",
     dict(argv=["/bin/true"], files=[("/tmp/a", b"")])),
    ("an argument has a NUL byte inside",
     dict(argv=["/bin/true", "a\0b"])),
    ("no file to execute", dict(argv=[])),
    ("a limit is 0", dict(argv=["/bin/true"], cpu_s=0)),
]


def what_cannot_run_is_said(runner):
    for why, run in FAILURES:
        with Box(runner) as box:
            box.start().run(**run)
            said = box.failure()
            assert said == why, said


def files_that_do_not_fit_are_too_large(runner):
    with Box(runner) as box:
        box.start().run(argv=["/bin/true"], files=[("a/b.txt", bytes(5 << 20))])
        said = box.failure(frames.TOO_LARGE)
        assert said == "cannot write file 'a/b.txt': No space left on device"


def run_that_is_cut_short_is_said(runner):
    with Box(runner) as box:
        box.start()
        body = frames.run_body(["/bin/true"])
        box.send(frames.frame(frames.RUN, body[:-1]))
        assert box.failure() == "RUN is cut short"


def environment_is_exactly_what_was_given(runner):
    env = ["B=2", "A=1", "PATH=", "B=3", "X=a=b c\n", "\u00e4=\u00f6"]
    with Box(runner) as box:
        box.start().run(["/bin/cat", "/proc/self/environ"], env=env)
        want = "".join(item + "\0" for item in env).encode()
        assert box.result()[0] == want
    with Box(runner) as box:
        box.start().run(["/bin/cat", "/proc/self/environ"])
        assert box.result()[0] == b""


def arguments_are_exactly_what_was_given(runner):
    argv = ["/bin/cat", "/proc/self/cmdline", "", "-", "a b"]
    with Box(runner) as box:
        box.start().run(argv)
        want = "".join(item + "\0" for item in argv).encode()
        assert box.result()[0] == want


def nothing_is_open_but_the_streams(runner):
    code = "import os; print(os.listdir('/proc/self/fd'), " \
        "[os.readlink('/proc/self/fd/%d' % i)[:5] for i in range(3)])"
    with Box(runner) as box:
        box.start().python(code)  # 3 is listdir's own
        want = b"['0', '1', '2', '3'] ['pipe:', 'pipe:', 'pipe:']\n"
        out = box.result()[0]
        assert out == want, out


def program_has_limits(runner):
    code = "import resource as r\nfor n in ('CPU', 'FSIZE', 'NOFILE', " \
        "'CORE', 'AS'): print(n, *r.getrlimit(getattr(r, 'RLIMIT_' + n)))"
    with Box(runner) as box:
        box.start().python(code, cpu_s=7, file_mb=3, open_files=55)
        assert box.result()[0].decode().split("\n")[:-1] == [
            "CPU 7 8", "FSIZE 3145728 3145728", "NOFILE 55 55", "CORE 1 1",
            "AS -1 -1"]


def cpu_limit_ends_a_busy_program(runner):
    stubborn = "import signal\nsignal.signal(signal.SIGXCPU, lambda *a: 0)\n"
    for code, number, cpu_us in (("", signal.SIGXCPU, 1e6),
                                 (stubborn, signal.SIGKILL, 2e6)):
        with Box(runner) as box:
            box.start().python(code + "while True: pass", cpu_s=1)
            end = box.result()[2]
            assert end[:3] == (frames.SIGNALLED, number, frames.BY_ITSELF), end
            assert cpu_us * 0.7 < end.cpu_us < cpu_us * 1.5, end


def file_limit_is_a_signal(runner):
    with Box(runner) as box:
        box.start().shell("exec head -c 2000000 /dev/zero >big", file_mb=1)
        end = box.result()[2]
        assert (end.how, end.value) == (frames.SIGNALLED, signal.SIGXFSZ), end


def signals_are_at_their_defaults(runner):
    with Box(runner) as box:
        box.start().run(["/bin/grep", "^Sig[BI]", "/proc/self/status"])
        lines = box.result()[0].decode().splitlines()
        assert len(lines) == 2, lines  # SigBlk, SigIgn
        for line in lines:
            assert int(line.split()[1], 16) == 0, line
    with Box(runner) as box:  # so that a broken pipe ends a program
        box.start().shell("(yes; echo $? >&2) | head -n 1")
        out, err, _ = box.result()
        assert (out, err) == (b"y\n", b"141\n"), (out, err)


def program_leads_a_session_in_its_home(runner):
    code = "import os; print(os.getsid(0) == os.getpgid(0) == os.getpid(), " \
        "os.getcwd(), oct(os.umask(0)), " \
        "open('/proc/self/oom_score_adj').read())"
    with Box(runner) as box:
        box.start().python(code)
        assert box.result()[0] == b"True /home/sandbox 0o22 1000\n\n"


def runner_cannot_be_read_or_traced(runner):
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid()):
    assert open('/proc/%d/comm' % pid).read() == 'keeper\\n'
    for name in ('mem', 'fd', 'maps', 'environ', 'exe', 'oom_score_adj'):
        path = '/proc/%d/%s' % (pid, name)
        for attempt in (lambda: os.open(path, os.O_RDWR),
                        lambda: os.open(path, os.O_WRONLY),
                        lambda: name != 'oom_score_adj' and
                            open(path).read(1),
                        lambda: os.listdir(path), lambda: os.readlink(path)):
            try:
                if attempt():
                    print('open:', path)
            except OSError:
                pass
    if libc.ptrace(16, pid, 0, 0) == 0:
        print('traced', pid)
    fd = os.pidfd_open(pid)
    if libc.syscall(438, fd, 0, 0) >= 0:
        print('pidfd_getfd', pid)
"""
    with Box(runner) as box:
        box.start().python(code)
        out, err, end = box.result()
        assert (out, err, end.value) == (b"", b"", 0), (out, err)


def cpu_time_of_orphans_is_counted(runner):
    code = """
import os, time
r, w = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        while time.process_time() < 0.4:
            pass
        os._exit(0)
    os._exit(0)
os.close(w)
os.read(r, 1)
"""
    with Box(runner) as box:
        box.start().python(code)
        end = box.result()[2]
        assert end.value == 0 and end.cpu_us > 390000, end


def peak_of_memory_is_the_programs_own(runner):
    with Box(runner) as box:
        box.start().python("x = b'x' * (60 << 20)")
        assert 60 << 10 < box.result()[2].memory_kb < 90 << 10
    if is_sanitized(runner):
        return
    with Box(runner) as box:
        box.start().run(["/bin/true"], stdin=bytes(12 << 20),
                        files=[("a", bytes(3 << 20))])
        end = box.result()[2]
        assert end.memory_kb < 4 << 10, end


CASES = [
    exit_code_is_told,
    signal_is_told,
    streams_are_apart_and_in_order,
    first_writes_come_in_order_without_a_pause,
    five_megabytes_go_in_and_out,
    standard_input_ends,
    standard_input_need_not_be_read,
    output_just_at_the_limit_is_whole,
    output_above_the_limit_is_cut_there,
    output_limit_ends_an_endless_program,
    standard_output_may_be_closed_early,
    tail_in_the_pipe_is_not_lost,
    packets_in_a_pipe_are_not_left_there,
    files_are_written,
    a_thousand_deep_files_are_written,
    what_cannot_run_is_said,
    files_that_do_not_fit_are_too_large,
    run_that_is_cut_short_is_said,
    environment_is_exactly_what_was_given,
    arguments_are_exactly_what_was_given,
    nothing_is_open_but_the_streams,
    program_has_limits,
    cpu_limit_ends_a_busy_program,
    file_limit_is_a_signal,
    signals_are_at_their_defaults,
    program_leads_a_session_in_its_home,
    runner_cannot_be_read_or_traced,
    cpu_time_of_orphans_is_counted,
    peak_of_memory_is_the_programs_own,
]
