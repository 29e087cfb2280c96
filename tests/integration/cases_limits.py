"""Every limit: as it is set, asked for less, more, and above the most."""

import time

from cases import between, case, check, equal, has

# Beyond what it may take: for the answer, on a machine that is busy.
SLACK_MS = 500
# Timers are set by the time at which their loop woke up.
EARLY_MS = 20


def limited(client, code, status, words, **limits):
    got = client.run(code, limits=limits)
    equal(got["status"], status, "status of %s" % got)
    for word in words:
        has(word, got["message"], "message")
    return got


@case
def limit_wall_clock(world):
    client = world.small.client
    code = "import sys, time\nprint('kept')\ntime.sleep(30)"
    for limits, ms in [({}, 1000), ({"wall_ms": 300}, 300),
                       ({"wall_ms": 2000}, 2000)]:
        began = time.monotonic()
        got = limited(client, code, "timeout", ["%g s" % (ms / 1000)],
                      **limits)
        took_ms = (time.monotonic() - began) * 1000
        for what, said_ms in [("the client's clock", took_ms),
                              ("timing.run", got["timing"]["run"]),
                              ("wall_ms", got["usage"]["wall_ms"])]:
            between(ms - EARLY_MS, said_ms, ms + SLACK_MS,
                    "%s for %d ms" % (what, ms))
        equal((got["stdout"], got["exit_code"], got["truncated"]),
              ("kept\n", None, False), "what it had written")
    got = client.run("import time; time.sleep(1.5); print('done')",
                     limits={"wall_ms": 4000})
    equal((got["status"], got["output"]), ("ok", "done"), "the most")


@case
def limit_cpu_time(world):
    client = world.small.client
    code = "print('kept')\nwhile True: pass"
    for limits, ms in [({}, 400), ({"cpu_ms": 200}, 200),
                       ({"cpu_ms": 1500}, 1500)]:
        got = limited(client, code, "cpu_timeout",
                      ["%g s of CPU" % (ms / 1000)], wall_ms=4000, **limits)
        between(ms * 0.95, got["usage"]["cpu_ms"], ms + SLACK_MS,
                "usage.cpu_ms")
        equal((got["stdout"], got["exit_code"]), ("kept\n", None), "output")


@case
def limit_cpu_time_of_all_processes_together(world):
    code = """
import os, time
for i in range(3):
    if os.fork() == 0:
        while True: pass
print("three burn")
while True: time.sleep(1)
"""
    # Each of the three gets a third of one core: alone it stays below.
    got = limited(world.small.client, code, "cpu_timeout", ["0.9 s"],
                  cpu_ms=900, wall_ms=4000)
    equal(got["stdout"], "three burn\n", "output")
    between(850, got["usage"]["cpu_ms"], 900 + SLACK_MS, "usage.cpu_ms")


@case
def cpu_time_is_not_wall_time(world):
    got = world.small.client.run("import time; time.sleep(0.8); print('ok')",
                                 limits={"cpu_ms": 300})
    equal(got["status"], "ok", "status")
    check(got["usage"]["cpu_ms"] < 300, "usage.cpu_ms", got["usage"])


@case
def limit_memory(world):
    client = world.small.client
    code = "print('kept')\nx = bytearray(%d << 20)\nprint(len(x))"
    for limits, mb, fits, too_much in [({}, 64, 40, 80),
                                       ({"memory_mb": 32}, 32, 12, 40),
                                       ({"memory_mb": 128}, 128, 100, 150)]:
        got = client.run(code % fits, limits=limits)
        equal((got["status"], got["stdout"]),
              ("ok", "kept\n%d\n" % (fits << 20)), "%d of %d MB" % (fits, mb))
        got = limited(client, code % too_much, "out_of_memory",
                      ["%d MB" % mb], **limits)
        equal((got["stdout"], got["exit_code"]), ("kept\n", None), "output")


@case
def limit_memory_of_a_child(world):
    got = limited(world.small.client, """
import subprocess, sys
done = subprocess.run([sys.executable, "-c", "bytearray(100 << 20)"])
print("child", done.returncode)
""", "out_of_memory", ["64 MB"])
    check(got["stdout"] in ("", "child -9\n"), "output", got)


@case
def limit_memory_counts_files(world):
    # /tmp is in memory: 8 MB each of /tmp and home fit in 64 MB.
    got = world.small.client.run("""
for place in ("/tmp/a", "/home/sandbox/a"):
    n = 0
    try:
        for i in range(64):
            with open(place + str(i), "wb") as f:
                n += f.write(b"x" * 500000)
                f.flush()
    except OSError as problem:
        print(n // 10**6, problem.strerror)
""")
    equal(got["status"], "ok", "status of %s" % got)
    lines = got["stdout"].splitlines()
    equal(len(lines), 2, "lines")
    for line in lines:
        check(line in ("7 No space left on device",
                       "8 No space left on device"), "a full tmpfs", line)


@case
def limit_number_of_files(world):
    got = world.small.client.run("""
for place in ("/tmp", "/home/sandbox"):
    n = 0
    try:
        while n < 1000:
            open("%s/f%d" % (place, n), "w").close()
            n += 1
    except OSError as problem:
        print(90 <= n <= 100, problem.strerror)
""")
    equal(got["stdout"], "True No space left on device\n" * 2, "inodes")


@case
def limit_processes(world):
    client = world.small.client
    code = """
import os, time
made = 0
try:
    while made < 100:
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        made += 1
except OSError as problem:
    print(made, problem.strerror)
"""
    for limits, n in [({}, 8), ({"processes": 4}, 4), ({"processes": 32}, 32)]:
        got = client.run(code, limits=limits)
        equal((got["status"], got["stdout"]), (
            "ok", "%d Resource temporarily unavailable\n" % (n - 1)),
            "%d processes" % n)
    got = client.run("print('alone')", limits={"processes": 1})
    equal((got["status"], got["stdout"]), ("ok", "alone\n"), "1 process")


@case
def limit_threads(world):
    got = world.small.client.run("""
import threading, time
made = 0
try:
    while made < 100:
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        made += 1
except RuntimeError as problem:
    print(made, problem)
""")
    equal(got["stdout"], "7 can't start new thread\n", "threads")


@case
def limit_output(world):
    client = world.small.client
    code = "import os\nfor fd in %s: os.write(fd, b'%s' * %d)"
    for limits, kb in [({}, 4), ({"output_kb": 1}, 1),
                       ({"output_kb": 64}, 64)]:
        most = kb * 1024
        got = client.run(code % ([1, 2], "z", most), limits=limits)
        equal((got["status"], got["truncated"], len(got["stdout"]),
               len(got["stderr"])), ("ok", False, most, most), "just full")
        for name, fd in [("stdout", 1), ("stderr", 2)]:
            got = limited(client, code % ([fd], "z", most + 1),
                          "output_limit", ["%d KB" % kb], **limits)
            equal((got[name], got["truncated"]), ("z" * most, True), name)


@case
def limit_output_inside_a_character(world):
    got = limited(world.small.client, "print('a' + '\u20ac' * 9999)",
                  "output_limit", [])
    equal(got["stdout"], "a" + "\u20ac" * ((4096 - 1) // 3), "stdout")
    check("encoding" not in got and got["truncated"], "encoding", got)


@case
def limit_output_of_a_program_that_then_sleeps(world):
    began = time.monotonic()
    got = limited(world.small.client, """
import sys, time
sys.stdout.write("y" * 100000)
sys.stdout.flush()
time.sleep(30)
""", "output_limit", ["4 KB"], wall_ms=4000)
    check(time.monotonic() - began < 3, "it was left to sleep")
    equal(got["stdout"], "y" * 4096, "stdout")


@case
def limit_file_size(world):
    client = world.small.client
    got = client.run("""
import os
with open("big", "wb", buffering=0) as f:
    n = 0
    try:
        while n < 3 << 20:
            n += f.write(b"x" * 65536)
    except OSError as problem:
        print(n, problem.strerror)
print(os.path.getsize("big"))
""")
    equal((got["status"], got["stdout"]),
          ("ok", "1048576 File too large\n1048576\n"), "python")
    got = client.run("head -c 2M /dev/zero >big; echo $?; stat -c %s big",
                     language="bash")
    equal(got["stdout"], "153\n1048576\n", "SIGXFSZ")


@case
def limit_open_files(world):
    got = world.small.client.run("""
files = []
try:
    while len(files) < 1000:
        files.append(open("/dev/null"))
except OSError as problem:
    print(files[-1].fileno(), problem.strerror)
""")
    equal(got["stdout"], "31 Too many open files\n", "open files")


@case
def limits_that_are_refused(world):
    client = world.small.client
    most = {"wall_ms": 4000, "cpu_ms": 1500, "memory_mb": 128,
            "processes": 32, "output_kb": 64}
    for name, top in most.items():
        for value in (top + 1, 0, -1, 1.5, "100", None, True, [1], 1e300,
                      2**63 - 1, -2**63):
            client.post({"code": "", "limits": {name: value}}).fault(
                400, "invalid_field", "limits.%s is" % name, "expected",
                str(top))
    client.post({"code": "", "limits": {"memory_mb": 15}}).fault(
        400, "invalid_field", "16")
    for text in (b"NaN", b"Infinity", b"1e999", b"9" * 30, b"-0.0", b"01",
                 b"0x10"):
        answer = client.post(
            b'{"code": "", "limits": {"wall_ms": %s}}' % text)
        check(answer.status == 400, "wall_ms %s" % text, answer)
    client.post({"code": "", "limits": {"wall": 1}}).fault(
        400, "invalid_field", "limits.wall is not a known field", "wall_ms")
    client.post({"code": "", "limits": 5}).fault(
        400, "invalid_field", "limits is 5, expected an object")
    for value in most:
        got = client.run("print(1)", limits={value: most[value]})
        equal(got["status"], "ok", "the most of %s" % value)


@case
def no_core_dumps(world):
    """1 and not 0: only that keeps a core_pattern pipe from being started."""
    equal(world.small.client.output("""
import os, resource
print(resource.getrlimit(resource.RLIMIT_CORE))
try:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("was set")
except (OSError, ValueError):
    pass
if os.fork() == 0:
    os.abort()
status = os.wait()[1]
print(os.WTERMSIG(status), os.WCOREDUMP(status), os.listdir("."))
"""), "(1, 1)\n6 False ['main.py']", "core dumps")


@case
def smallest_limits(world):
    client = world.shared.client
    for limits in ({"wall_ms": 1}, {"cpu_ms": 1}, {"memory_mb": 16},
                   {"processes": 1}, {"output_kb": 1},
                   {"wall_ms": 1, "cpu_ms": 1, "memory_mb": 16,
                    "processes": 1, "output_kb": 1}):
        for language, code in [("python", "print(1)"), ("bash", "echo 1"),
                               ("javascript", "console.log(1)")]:
            got = client.run(code, language=language,
                             limits={"wall_ms": 1500, **limits})
            statuses = {"wall_ms": ["timeout"], "cpu_ms": ["cpu_timeout"],
                        # Its pages may come and go so fast that it crawls.
                        "memory_mb": ["out_of_memory", "timeout"],
                        # One thread is too few for node, which then aborts.
                        "processes": ["error", "signal"],
                        "output_kb": ["output_limit"]}
            check(got["status"] in sum((statuses[name] for name in limits),
                                       ["ok"]),
                  "%s of %s" % (limits, language), got)
    world.shared.wait_rest()


@case
def little_memory_and_much_input(world):
    client = world.shared.client
    for what in ({"stdin": "x" * (7 << 20)},
                 {"files": [{"name": "f", "content": "x" * (7 << 20)}]}):
        got = client.run("import sys\nprint(len(sys.stdin.read()))",
                         limits={"memory_mb": 16}, **what)
        check(got["status"] in ("ok", "out_of_memory"), "status", got)
    world.shared.wait_rest()


@case
def socket_buffers(world):
    """They count, or are limited: else one program takes the machine's."""
    got = world.shared.client.run("""
import os, re, socket, time
def pages():
    text = open("/proc/net/sockstat").read()
    return sum(int(n) for n in re.findall(r"^(?:TCP|UDP):.* mem (\\d+)", text, re.M))
before = pages()
for _ in range(3):
    if os.fork() == 0:
        break
listener = socket.create_server(("127.0.0.1", 0))
kept = []
try:
    while len(kept) < 100:
        near = socket.create_connection(listener.getsockname())
        near.setblocking(False)
        kept += [near, listener.accept()[0]]
        try:
            while True:
                near.send(bytes(1 << 20))
        except BlockingIOError:
            pass
except OSError:
    pass
time.sleep(1)
print((pages() - before) * 4 // 1024, flush=True)
time.sleep(0.5)
""", limits={"memory_mb": 128})
    if got["status"] != "out_of_memory":
        for line in got["stdout"].split():
            check(int(line) < 200, "MB of socket buffers", line)
