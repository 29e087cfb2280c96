"""How a run ends: nobody outlives it, and nothing makes its end wait."""

import signal
import time

import frames
from box import Box, processes_of_user, wait_until

OURS = 4  # pid 1, serve, the next keeper, and its waiting process


def ends_promptly(runner, code, out=b"", within_s=3, end=(0, 0, 0)):
    """The program ends by itself; whoever it left behind ends with it."""
    with Box(runner) as box:
        box.start().python(code)
        began = time.monotonic()
        got_out, err, got = box.result()
        assert time.monotonic() - began < within_s, "late"
        assert (got_out, err) == (out, b""), (got_out, err)
        assert got[:3] == end, got
        box.wait_ready()
        assert processes_of_user() == OURS, processes_of_user()


def killed_promptly(runner, code, started=b"up\n", after_s=0.0, within_s=3):
    with Box(runner) as box:
        box.start().python(code)
        box.wait_for_output(started)
        time.sleep(after_s)
        began = time.monotonic()
        box.kill()
        end = box.result()[2]
        assert time.monotonic() - began < within_s, "late"
        assert end.cause == frames.KILLED, end
        assert (end.how, end.value) == (frames.SIGNALLED, signal.SIGKILL), end
        box.wait_ready()
        assert processes_of_user() == OURS, processes_of_user()


def daemon_that_holds_stdout_does_not_delay_the_answer(runner):
    ends_promptly(runner, """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'daemon\\n')
        time.sleep(100)
    os._exit(0)
os.wait()
time.sleep(0.2)
""", b"daemon\n")


def what_a_daemon_wrote_before_the_end_is_kept(runner):
    ends_promptly(runner, """
import os, time
r, w = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.write(1, b'x' * 65536)
    os.write(w, b'.')
    time.sleep(100)
os.read(r, 1)
""", b"x" * 65536)


def processes_that_ignore_and_stop_are_killed(runner):
    ends_promptly(runner, """
import os, signal, time
r, w = os.pipe()
for i in range(20):
    if os.fork() == 0:
        os.setsid()
        for n in range(1, 65):
            try:
                signal.signal(n, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.write(w, b'.')
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(100)
for i in range(20):
    os.read(r, 1)
""")


def fork_bomb_is_killed(runner):
    killed_promptly(runner, """
import os
os.write(1, b'up\\n')
while True:
    try:
        os.fork()
    except OSError:
        pass
""", after_s=0.7)


def fork_bomb_of_the_shell_is_killed(runner):
    with Box(runner) as box:
        box.start().shell("b() { b | b & }; b; sleep 100", output_bytes=100)
        time.sleep(0.7)
        box.kill()
        end = box.result()[2]
        assert end.cause in (frames.KILLED, frames.OUTPUT_LIMIT), end
        box.wait_ready()
        assert processes_of_user() == OURS, processes_of_user()


def generations_that_fork_and_exit_are_killed(runner):
    chain = """
import os
def chain():
    while True:
        try:
            if os.fork() != 0:
                os._exit(0)
        except OSError:
            pass
for i in range(12):
    if os.fork() == 0:
        os.setsid()
        chain()
"""
    killed_promptly(runner, chain + "os.write(1, b'up\\n')\n"
                    "import time; time.sleep(100)", after_s=0.5)
    ends_promptly(runner, chain + "import time; time.sleep(0.3)")


def two_hundred_processes_are_reaped(runner):
    ends_promptly(runner, """
import os, time
for i in range(150):
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(100)
    except OSError:
        break
""")


def program_that_stops_itself_can_be_killed(runner):
    killed_promptly(runner, """
import os, signal
os.write(1, b'up\\n')
os.kill(os.getpid(), signal.SIGSTOP)
""", after_s=0.2)


def stdout_in_flight_in_a_socket_does_not_delay_the_answer(runner):
    ends_promptly(runner, """
import array, os, socket
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
fds = array.array('i', [1, a.fileno(), b.fileno()])
for s in (a, b):
    s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
os.write(1, b'done')
""", b"done")


def exec_from_a_thread_is_not_the_end(runner):
    ends_promptly(runner, """
import os, threading
threading.Thread(target=lambda: os.execv(
    '/bin/sh', ['sh', '-c', 'sleep 0.2; echo done; exit 5'])).start()
""", b"done\n", end=(0, 5, 0))


def sibling_made_with_clone_parent_is_not_the_program(runner):
    ends_promptly(runner, """
import ctypes, os, time
libc = ctypes.CDLL(None)
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
if libc.syscall(clone, 0x8000 | 17, 0, 0, 0, 0) == 0:
    os._exit(9)
time.sleep(0.2)
os._exit(5)
""", end=(0, 5, 0))


def second_kill_changes_nothing(runner):
    with Box(runner) as box:
        box.start().run(["/bin/sleep", "100"])
        box.send(frames.frame(frames.KILL) * 5)
        assert box.result()[2].cause == frames.KILLED
        box.kill()
        box.wait_ready()
        box.shell("echo alive")
        assert box.result()[0] == b"alive\n"


def kill_behind_the_end_does_not_change_the_cause(runner):
    # More than the stream to the host holds, less than it and the runner
    # hold together: the program ends before anybody reads.
    with Box(runner) as box:
        box.start().shell("sleep 0.4 & head -c 150000 /dev/zero; wait; exit 6")
        wait_until(lambda: processes_of_user() > OURS, "it begins")
        wait_until(lambda: processes_of_user() == OURS, "it ends")
        box.kill()
        out, _, end = box.result()
        assert len(out) == 150000
        assert end[:3] == (frames.EXITED, 6, frames.BY_ITSELF), end


CASES = [
    daemon_that_holds_stdout_does_not_delay_the_answer,
    what_a_daemon_wrote_before_the_end_is_kept,
    processes_that_ignore_and_stop_are_killed,
    fork_bomb_is_killed,
    fork_bomb_of_the_shell_is_killed,
    generations_that_fork_and_exit_are_killed,
    two_hundred_processes_are_reaped,
    program_that_stops_itself_can_be_killed,
    stdout_in_flight_in_a_socket_does_not_delay_the_answer,
    exec_from_a_thread_is_not_the_end,
    sibling_made_with_clone_parent_is_not_the_program,
    second_kill_changes_nothing,
    kill_behind_the_end_does_not_change_the_cause,
]
