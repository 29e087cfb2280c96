"""Programs that attack: the seed programs, and others.

Whatever one does, it gets an answer about itself, and everybody else is
served.
"""

import os
import time

from cases import between, case, check, equal, eventually, has

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def seed(name):
    with open(os.path.join(TESTS, name + ".py"), encoding="utf8") as file:
        return file.read()


# ---- the seed programs ------------------------------------------------------

@case
def infinite_loop(world):
    client = world.shared.client
    for ms in (1000, 2500):
        began = time.monotonic()
        got = client.run(seed("infinite_loop"), limits={"wall_ms": ms})
        between(ms / 1000 - 0.02, time.monotonic() - began, ms / 1000 + 0.5,
                "seconds until the answer")
        equal((got["status"], got["stdout"]), ("timeout", "counting ...\n"),
              "the answer")


@case
def infinite_loop_without_a_limit_of_its_own(world):
    began = time.monotonic()
    got = world.shared.client.run(seed("infinite_loop"))
    between(9.98, time.monotonic() - began, 10.5, "seconds until the answer")
    equal((got["status"], got["stdout"]), ("timeout", "counting ...\n"),
          "the answer")


@case
def memory_attack(world):
    got = world.shared.client.run(seed("memory_attack"))
    equal(got["status"], "out_of_memory", "status of %s" % got)
    has("256 MB", got["message"], "message")
    has("16 MB\n32 MB\n", got["stdout"], "stdout")


@case
def network_attack(world):
    got = world.shared.client.run(seed("network_attack"))
    equal((got["status"], got["exit_code"]), ("error", 1), "status")
    equal(got["stdout"].count("Network is unreachable"), 2, "stdout")
    check("connected to" not in got["output"], "output", got)


@case
def network_has_no_way_out(world):
    client = world.shared.client
    equal(client.output("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; "
                        "tail -n +2 /proc/net/route", language="bash"),
          "lo", "interfaces and routes")
    got = client.output("""
import socket
for kind, where in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    try:
        socket.socket(kind).connect((where, %d))
        print("reached the service")
    except OSError as problem:
        print(problem.strerror)
""" % client.port)
    check("reached" not in got, "the host's loopback", got)


@case
def fork_bomb(world):
    client = world.shared.client
    bombs = [client.start(seed("fork_bomb"), limits={"wall_ms": 4000})
             for _ in range(2)]
    bombs.append(client.start("""
import os
print("bang")
while True:
    try:
        os.fork()
    except OSError:
        pass
""", limits={"wall_ms": 3000}))
    for i in range(6):
        equal(client.output("print(%d)" % i), str(i), "others meanwhile")
    equal(client.output("echo other", language="bash"), "other", "bash")
    for bomb in bombs[:2]:
        got = bomb.get(10).json()
        equal((got["status"], got["stdout"]), (
            "ok", "after 63 processes: [Errno 11] "
            "Resource temporarily unavailable\n"), "the seed")
    got = bombs[2].get(10).json()
    equal(got["status"], "timeout", "status of the other bomb")
    world.shared.wait_rest()


@case
def output_flood(world):
    got = world.shared.client.run(seed("output_flood"))
    equal((got["status"], got["truncated"]), ("output_limit", True), "status")
    equal(len(got["stdout"]), 1024 * 1024, "bytes kept")
    line = "I will not stop writing. " * 40 + "\n"
    equal(got["stdout"], (line * 1100)[:1024 * 1024], "the first bytes")
    has("1024 KB", got["message"], "message")


@case
def output_flood_of_many(world):
    client = world.shared.client
    floods = [client.start("""
import os
for _ in range(7):
    if os.fork() == 0:
        break
while True:
    os.write(1, b"\\0" * 65536)
    os.write(2, b"\\xff" * 65536)
""") for _ in range(3)]
    equal(client.output("print('meanwhile')"), "meanwhile", "others")
    for flood in floods:
        got = flood.get(15).json()
        equal((got["status"], got["truncated"]), ("output_limit", True),
              "a flood")


@case
def read_passwd(world):
    got = world.shared.client.run(seed("read_passwd"))
    equal(got["status"], "ok", "status")
    has("sandbox:", got["stdout"], "users")
    equal(len(got["stdout"].split()), 3, "users")
    with open("/proc/sys/kernel/hostname", encoding="utf8") as file:
        check(file.read().strip() not in got["stdout"], "host's name")


@case
def write_root(world):
    got = world.shared.client.run(seed("write_root"))
    equal((got["status"], got["exit_code"]), ("error", 1), "status")
    check("opened" not in got["stdout"], "stdout", got)
    has("Read-only file system", got["stdout"], "stdout")


@case
def write_tmp(world):
    got = world.shared.client.run(seed("write_tmp"))
    equal(got["status"], "ok", "status of %s" % got)
    has("nobody will find this\n", got["stdout"], "stdout")
    has("No space left on device", got["stdout"], "stdout")


# ---- ends that are hard to see ----------------------------------------------

@case
def it_closes_its_output_and_goes_on(world):
    client = world.shared.client
    for fds in ("1", "1, 2", "0, 1, 2"):
        began = time.monotonic()
        got = client.run("""
import os, time
print("early")
for fd in (%s,):
    os.close(fd)
time.sleep(0.5)
os._exit(3)
""" % fds)
        check(time.monotonic() - began >= 0.5, "it was not waited for")
        equal((got["status"], got["exit_code"], got["stdout"]),
              ("error", 3, "early\n"), "closed %s" % fds)


@case
def a_child_holds_its_output_open(world):
    began = time.monotonic()
    got = world.shared.client.run("""
import subprocess
subprocess.Popen(["sleep", "60"])
print("parent is done")
""")
    equal((got["status"], got["stdout"]), ("ok", "parent is done\n"), "answer")
    check(time.monotonic() - began < 5, "the child was waited for")


@case
def a_daemon_does_not_outlive_it(world):
    service = world.shared
    got = service.client.run("""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in (0, 1, 2):
            os.close(fd)
        os.execvp("sleep", ["sce-test-daemon", "600"])
    os._exit(0)
os.wait()
time.sleep(0.2)
print("daemon is away")
""")
    equal((got["status"], got["stdout"]), ("ok", "daemon is away\n"), "answer")
    service.wait_rest()


@case
def daemons_that_fork_faster_than_one_can_look(world):
    service = world.shared
    got = service.client.run("""
import os, sys
print("off")
if os.fork() == 0:
    while True:                  # each generation ends at once
        os.setsid() if os.getpid() != os.getsid(0) else None
        if os.fork() != 0:
            os._exit(0)
""")
    check(got["status"] in ("ok", "signal"), "status", got)
    equal(got["stdout"], "off\n", "stdout")
    service.wait_rest()


@case
def it_ignores_every_signal(world):
    began = time.monotonic()
    got = world.shared.client.run("""
import signal, time
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print("deaf")
while True:
    time.sleep(1)
""", limits={"wall_ms": 700})
    equal((got["status"], got["stdout"]), ("timeout", "deaf\n"), "answer")
    between(0.68, time.monotonic() - began, 1.2, "seconds until the answer")


@case
def it_stops_itself(world):
    got = world.shared.client.run(
        "import os; print('stop'); os.kill(os.getpid(), 19)",
        limits={"wall_ms": 500})
    equal((got["status"], got["stdout"]), ("timeout", "stop\n"), "answer")


# ---- at the throat of what runs it ------------------------------------------

def ends_somehow(service, code, statuses, **fields):
    """An answer, in time, and the service as it was."""
    before = service.processes()
    began = time.monotonic()
    answer = service.client.post({"code": code, "limits": {"wall_ms": 2000},
                                  **fields})
    check(time.monotonic() - began < 4, "it took too long", answer)
    if answer.status == 502:
        answer.fault(502, "container_lost")
        status = "container_lost"
    else:
        equal(answer.status, 200, "status of %s" % answer)
        status = answer.json()["status"]
    check(status in statuses, "%s, expected %s" % (status, statuses), answer)
    service.check_unhurt(before)
    equal(service.client.output("print('next')"), "next", "the next program")
    service.wait_rest()
    return answer.json()


@case
def it_kills_its_process_group(world):
    ends_somehow(world.shared, "import os; os.killpg(0, 9)", ["signal"])


@case
def it_kills_everything(world):
    for code, language in [("import os; os.kill(-1, 9)", "python"),
                           ("kill -9 -1", "bash"),
                           ("process.kill(-1, 9)", "javascript")]:
        # Nobody but itself is in sight, and kill(-1) spares the caller.
        ends_somehow(world.shared, code, ["ok", "error"], language=language)


@case
def it_stops_everything(world):
    ends_somehow(world.shared, """
import os, time
if os.fork() == 0:
    os.kill(-1, 19)
time.sleep(60)
""", ["timeout", "signal", "container_lost"])


@case
def it_kills_what_it_finds(world):
    ends_somehow(world.shared, """
import os, signal
for number in (1, 2, 3, 10, 12, 13, 14, 15, 34, 64, 18, 9):
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                os.kill(int(name), number)
            except OSError:
                pass
print("done")
""", ["ok", "signal", "container_lost"])


@case
def it_writes_frames(world):
    """What looks like the runner's own words is output, and nothing else."""
    got = ends_somehow(world.shared, r"""
import os, struct
end = struct.pack("<BIBBQQQ", 0, 0, 0, 0, 1, 1, 1)
frame = struct.pack("<IB", len(end), 68) + end
ready = struct.pack("<IB", 0, 65)
docker = b"\1\0\0\0" + struct.pack(">I", len(frame)) + frame
for fd in range(1, 256):
    for data in (frame, docker, ready):
        try:
            os.write(fd, data)
        except OSError:
            pass
os._exit(9)
""", ["error"])
    equal(got["exit_code"], 9, "exit code")


@case
def it_writes_into_the_runners_descriptors(world):
    ends_somehow(world.shared, r"""
import os, struct
end = struct.pack("<BIBBQQQ", 0, 0, 0, 0, 1, 1, 1)
frame = struct.pack("<IB", len(end), 68) + end
got = 0
for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
    if int(pid) == os.getpid():
        continue
    for what in ("fd/1", "fd/2", "mem", "fd/0"):
        try:
            with open("/proc/%s/%s" % (pid, what), "wb", buffering=0) as f:
                f.write(frame)
                got += 1
        except (OSError, ValueError):
            pass
os._exit(17 if got == 0 else 18)
""", ["error"])


@case
def it_fills_its_processes_and_holds_them(world):
    """The killer needs no process of its own inside."""
    got = ends_somehow(world.shared, """
import os, time
while True:
    try:
        if os.fork() == 0:
            while True:
                time.sleep(1)
    except OSError:
        break
print("full")
while True:
    pass
""", ["timeout"])
    equal(got["stdout"], "full\n", "stdout")


@case
def many_hostile_at_once(world):
    service = world.shared
    before = service.processes()
    codes = ["import os; os.kill(-1, 9)", "while True: print('x' * 9999)",
             "x = []\nwhile True: x.append(bytearray(1 << 24))",
             "import os\nwhile True:\n try: os.fork()\n except OSError: pass",
             "import os; os.kill(-1, 19)", "import os; os._exit(5)"]
    waiting = [service.client.start(code, limits={"wall_ms": 1500})
               for code in codes * 2]
    for i in range(4):
        equal(service.client.output("print(%d)" % i), str(i), "others")
    for request in waiting:
        answer = request.get(20)
        check(answer.status in (200, 502), "an answer", answer)
    service.check_unhurt(before)
    service.wait_rest()
    eventually(lambda: not service.stats()["unavailable"], 2, "all answer")
