"""The inner wall: what a program is in, and what the next one finds."""

import os
import signal
import subprocess

import frames
from box import Box, children, processes_of_user, wait_until

LOOK = """
cat /proc/self/status | grep -E '^(Uid|Cap|NoNewPrivs|Seccomp:)'
names=$(cat /proc/[0-9]*/comm); echo $names
cut -d' ' -f5 /proc/self/mountinfo
for d in / /tmp /home /home/sandbox /dev /dev/shm; do
    stat -c '%n %A %u %g' $d $(ls -A $d | sed "s,^,$d/,")
done
hostname; id; env; ulimit -a; umask
cd /proc/net
# What is behind these is the whole machine's.
sed 's/ orphan [0-9]*//; s/ alloc.*//; s/ mem [0-9]*//' sockstat sockstat6
cat snmp snmp6 netstat dev /proc/sysvipc/*
stat -c '%n %x %y' /dev/*l* /proc/keys
wc -l <tcp; wc -l <unix; cat if_inet6
"""

LEAVE = """
import os, socket, sys, time
for place in "/tmp/x", "/dev/shm/x", "/home/sandbox/x":
    open(place, "w").write("left")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(100)
    os._exit(0)
import ctypes
libc = ctypes.CDLL(None)
assert libc.shmget(7, 4096, 0o1600) >= 0 and libc.msgget(7, 0o1600) >= 0
assert libc.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0
a = socket.create_server(("127.0.0.1", 7777))
b = socket.create_connection(("127.0.0.1", 7777))
c = a.accept()[0]
c.close()   # now it is this side that will wait a minute
b.close()
u = socket.socket(socket.AF_UNIX)
u.bind("\\0left")
os.nice(5)
for name in "/dev/null", "/dev/full", "/proc/keys", "/usr", "/etc/hosts":
    try:
        os.utime(name, (7, 7))
    except OSError:
        pass
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
"""


def a_program_sees_nothing_of_the_last(runner):
    with Box(runner) as box:
        box.start().shell(LOOK)
        before = box.result()[0]
        for code in (LEAVE, "raise SystemExit(3)", LEAVE):
            box.wait_ready()
            box.python(code)
            out, err, end = box.result()
            assert not out and (not err or end.value == 3), (out, err)
        for _ in range(2):
            box.wait_ready()
            box.shell(LOOK)
            out, err, end = box.result()
            assert out == before, "\n".join(
                set(out.decode().splitlines()) ^
                set(before.decode().splitlines()))


def it_has_a_root_of_its_own(runner):
    with Box(runner) as box:
        box.start().shell("""
echo /* | tr ' ' '\\n' | grep -v lib
echo /dev/* /dev/fd/1
ls /home; pwd
for f in /x /usr/x /etc/x /dev/x /home/x /proc/sys/kernel/x; do
    (echo > $f) 2>&1 | sed 's/.*: //'
done
echo 1 >/proc/sys/kernel/shmmax || echo refused
for f in /tmp/x /dev/shm/x x; do echo > $f || echo cannot write $f; done
""")
        out = box.result()[0].decode()
        assert out == """/bin
/dev
/etc
/home
/opt
/proc
/sbin
/tmp
/usr
/dev/fd /dev/full /dev/null /dev/random /dev/shm /dev/stderr /dev/stdin \
/dev/stdout /dev/urandom /dev/zero /dev/fd/1
sandbox
/home/sandbox
Read-only file system
Permission denied
Permission denied
Read-only file system
Read-only file system
Directory nonexistent
refused
""", out


def it_has_no_rights(runner):
    with Box(runner) as box:
        box.start().shell(
            "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status")
        out = box.result()[0].decode().split("\n")
        said = dict(line.split(":\t") for line in out if line)
        assert said.pop("Uid") == said.pop("Gid") == "\t".join(["1000"] * 4)
        assert said.pop("NoNewPrivs") == "1"
        assert said.pop("Groups").strip() == "", out
        assert set(said.values()) == {"0" * 16} and len(said) == 5, said


def its_first_process_cannot_be_reached(runner):
    with Box(runner) as box:
        box.start().python("""
import os, signal, resource
for n in range(1, 65):
    if n != 17 and n != 18:
        try: os.kill(1, n)
        except OSError: pass
for what in "mem", "environ", "maps":
    try:
        open("/proc/1/" + what, "rb").read(1)
        print("read", what)
    except OSError: pass
try: print(os.listdir("/proc/1/fd"))
except OSError: pass
try: print(os.readlink("/proc/1/exe"))
except OSError: pass
print("alive")
""")
        out, err, end = box.result()
        assert (out, end[:3]) == (b"alive\n", (0, 0, 0)), (out, err, end)


def a_killed_keeper_is_no_ordinary_end(runner):
    with Box(runner) as box:
        box.start().shell("echo up; sleep 100")
        box.wait_for_output(b"up\n")
        keeper = children(box.serve_pid())
        assert len(keeper) == 1, keeper
        os.kill(int(keeper[0]), signal.SIGKILL)
        end = box.result()[2]
        assert end.cause == frames.LOST, end
        box.wait_ready()


def dies_while_it_waits(runner, whom):
    """No program is begun that could only hang until its clock runs out."""
    with Box(runner, immortal=True) as box:
        box.start()
        keeper = children(box.serve_pid())[0]
        victim = keeper if whom == "keeper" else children(int(keeper))[0]
        os.kill(int(victim), signal.SIGKILL)
        words = box.last_words()
        assert "died before its program began" in words, words


def a_keeper_that_dies_while_it_waits_is_noticed(runner):
    dies_while_it_waits(runner, "keeper")


def a_process_that_dies_while_it_waits_is_noticed(runner):
    dies_while_it_waits(runner, "process")


def a_first_sandbox_that_dies_is_no_host_without_walls(runner):
    """Whatever killed it may pass: so nobody runs without a wall for it."""
    for _ in range(20):
        with Box(runner, immortal=True) as box:
            pipe = subprocess.PIPE
            box.serve = box.enter(["/home/runner", "serve", "4", "100"],
                                  stdin=pipe, stdout=pipe, stderr=pipe)
            try:
                wait_until(lambda: children(box.serve_pid()), "a keeper")
                os.kill(int(children(box.serve_pid())[0]), signal.SIGKILL)
            except (IndexError, ProcessLookupError, FileNotFoundError):
                pass
            said = box.serve.stdout.read(10)
            assert not said or said[9] == 1, said


def a_host_without_walls_still_runs_one_program(runner):
    with Box(runner, walled=False) as box:
        box.start().shell("setsid sh -c 'while :; do :; done' & sleep 0.3")
        assert "cannot mount proc" in box.why_not, box.why_not
        out, _, end = box.result()
        assert end[:3] == (0, 0, 0), (out, end)
        assert processes_of_user() == 2, processes_of_user()
        assert end.cpu_us > 100000, end  # its daemon's


def without_walls_a_program_can_be_killed(runner):
    with Box(runner, walled=False) as box:
        box.start().shell("setsid sleep 100 & echo up; sleep 100")
        box.wait_for_output(b"up\n")
        box.kill()
        end = box.result()[2]
        assert end.cause == frames.KILLED and end.wall_us > 0, end
        assert processes_of_user() == 2, processes_of_user()


def many_programs_cost_the_runner_nothing(runner):
    with Box(runner) as box:
        box.start()
        fds = "/proc/%d/fd" % box.serve_pid()
        for i in range(200):
            if i % 4 == 0:
                box.run(["/no/such/file"], stdin=b"x" * 3000000)
                box.failure()
            elif i % 4 == 1:
                box.shell("head -c 300000 /dev/zero; cat >/dev/null; exit 3",
                          stdin=b"y" * 200000)
                assert box.result()[2].value == 3
            elif i % 4 == 2:
                box.run(["/bin/sleep", "100"])
                box.kill()
                box.result()
            else:
                box.run(["/bin/cat", "big"], files=[("big", b"z" * 100000)])
                assert len(box.result()[0]) == 100000
            box.wait_ready()
            if i == 19:
                before = len(os.listdir(fds)), box.rss_kb()
        after = len(os.listdir(fds)), box.rss_kb()
        assert after[0] == before[0], (before, after)
        assert after[1] < before[1] + 300, (before, after)


CASES = [
    a_program_sees_nothing_of_the_last,
    it_has_a_root_of_its_own,
    it_has_no_rights,
    its_first_process_cannot_be_reached,
    a_killed_keeper_is_no_ordinary_end,
    a_keeper_that_dies_while_it_waits_is_noticed,
    a_process_that_dies_while_it_waits_is_noticed,
    a_first_sandbox_that_dies_is_no_host_without_walls,
    a_host_without_walls_still_runs_one_program,
    without_walls_a_program_can_be_killed,
    many_programs_cost_the_runner_nothing,
]
