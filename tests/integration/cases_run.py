"""A program that is run: what it gets, and what is told of it."""

import base64
import json
import re
import shutil
import subprocess

from cases import between, case, check, equal, has

FIELDS = ["id", "language", "output", "stdout", "stderr", "status",
          "exit_code", "signal", "truncated", "recycled", "usage", "timing"]


@case
def curl_example(world):
    curl = shutil.which("curl")
    check(curl, "this test needs curl")
    done = subprocess.run(
        [curl, "-s", world.shared.url + "/run", "-H",
         "Content-Type: application/json", "-d", '{"code":"print(2+2)"}'],
        capture_output=True, text=True, check=True, timeout=20)
    has('"output":"4"', done.stdout, "the answer")
    has('"status":"ok"', done.stdout, "the answer")


@case
def every_field_of_an_answer(world):
    answer = world.shared.client.post(
        {"code": "import sys; print(2+2); print('e', file=sys.stderr)"})
    equal(answer.status, 200, "status")
    equal(answer.headers["Content-Type"], "application/json", "type")
    equal(answer.headers["Cache-Control"], "no-store", "caching")
    equal(answer.headers["X-Content-Type-Options"], "nosniff", "sniffing")
    got = answer.json()
    equal(sorted(got), sorted(FIELDS), "fields")
    check(re.fullmatch("[0-9a-f]{16}", got["id"]), "id", got["id"])
    wanted = {"language": "python", "stdout": "4\n", "stderr": "e\n",
              "status": "ok", "exit_code": 0, "signal": None,
              "truncated": False}
    equal({name: got[name] for name in wanted}, wanted, "the answer")
    equal(sorted(got["output"].split("\n")), ["4", "e"], "output")

    usage, timing = got["usage"], got["timing"]
    equal(sorted(usage), ["cpu_ms", "memory_kb", "wall_ms"], "usage")
    between(0.1, usage["wall_ms"], 10000, "usage.wall_ms")
    between(0.1, usage["cpu_ms"], 10000, "usage.cpu_ms")
    between(1000, usage["memory_kb"], 256 * 1024, "usage.memory_kb")
    equal(sorted(timing),
          ["lease", "queue", "run", "thaw", "total", "warm"], "timing")
    check(isinstance(timing.pop("warm"), bool), "timing.warm", timing)
    check(all(isinstance(ms, (int, float)) and ms >= 0
              for ms in timing.values()), "timing", timing)
    parts = sum(timing[name] for name in ("queue", "lease", "thaw", "run"))
    between(timing["total"] * 0.9 - 1, parts, timing["total"] + 1,
            "the sum of the stages")
    check(timing["run"] >= usage["wall_ms"] - 1, "run and wall_ms", got)


PROGRAMS = {
    "python": r"""
import sys
print(sys.stdin.read().upper())
print("|".join(sys.argv[1:]))
print(open("data/deep/note.txt", encoding="utf8").read())
print(open("raw.bin", "rb").read().hex())
""",
    "javascript": r"""
const fs = require('fs');
console.log(fs.readFileSync(0, 'utf8').toUpperCase());
console.log(process.argv.slice(2).join('|'));
console.log(fs.readFileSync('data/deep/note.txt', 'utf8'));
console.log(fs.readFileSync('raw.bin').toString('hex'));
""",
    "bash": r"""
tr a-z A-Z; echo
(IFS='|'; echo "$*")
cat data/deep/note.txt; echo
xxd -p raw.bin
""",
}


def with_everything(world, language):
    raw = bytes(range(250, 256)) + b"\0\1"
    got = world.shared.client.run(
        PROGRAMS[language], language=language, stdin="first\nsecond",
        args=["one", "two words", "", "--flag", "it's \"ü\" $HOME"],
        files=[{"name": "data/deep/note.txt", "content": "höher\n\ttab"},
               {"name": "raw.bin", "encoding": "base64",
                "content": base64.b64encode(raw).decode()},
               {"name": "empty", "content": "", "encoding": "utf8"}])
    equal(got["status"], "ok", "status of %s" % got)
    equal(got["language"], language, "language")
    equal(got["stdout"],
          "FIRST\nSECOND\none|two words||--flag|it's \"ü\" $HOME\n"
          "höher\n\ttab\n%s\n" % raw.hex(), "stdout")
    equal(got["stderr"], "", "stderr")


@case
def python_with_input_arguments_and_files(world):
    with_everything(world, "python")


@case
def javascript_with_input_arguments_and_files(world):
    with_everything(world, "javascript")


@case
def bash_with_input_arguments_and_files(world):
    with_everything(world, "bash")


@case
def languages_by_their_aliases(world):
    client = world.shared.client
    for alias, name, code in [("py", "python", "print(1)"),
                              ("node", "javascript", "console.log(1)"),
                              ("sh", "bash", "echo 1")]:
        got = client.run(code, language=alias)
        equal((got["language"], got["output"]), (name, "1"), alias)


@case
def the_place_where_it_runs(world):
    got = json.loads(world.shared.client.output("""
import json, os, sys
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "uid": os.getuid(),
    "euid": os.geteuid(), "groups": os.getgroups(), "env": dict(os.environ),
    "main": __name__, "file": os.path.basename(__file__),
    "fds": sorted(os.listdir("/proc/self/fd")), "pgrp": os.getpgrp(),
    "pid": os.getpid(), "sid": os.getsid(0), "umask": os.umask(0)}))
""", args=["a"]))
    equal(got["argv"], ["main.py", "a"], "argv")
    equal(got["main"], "__main__", "__name__")
    equal(got["file"], "main.py", "__file__")
    equal(got["cwd"], "/home/sandbox", "cwd")
    check(got["uid"] != 0 and got["euid"] != 0, "root", got)
    check(0 not in got["groups"], "groups", got)
    # 3 is the folder that is being listed.
    equal(got["fds"], ["0", "1", "2", "3"], "open descriptors")
    equal(got["pid"], got["pgrp"], "its own process group")
    equal(got["env"]["HOME"], "/home/sandbox", "HOME")
    check(not any(name.startswith(("SCE_", "DOCKER")) for name in got["env"]),
          "environment", got["env"])


@case
def input_is_exact(world):
    client = world.shared.client
    code = "import sys; sys.stdout.write(repr(sys.stdin.buffer.read()))"
    for text in ["", "no newline", "\n\n", "\u0000\u0001ü\U0001F600\r\n"]:
        equal(client.output(code, stdin=text), repr(text.encode()), "stdin")
    equal(client.output("import sys; print(len(sys.stdin.read()))",
                        stdin="x" * (1 << 20)), str(1 << 20), "long stdin")
    equal(client.output("print('did not read')", stdin="y" * (1 << 20)),
          "did not read", "unread stdin")


@case
def output_of_both_streams_in_order(world):
    got = world.shared.client.run("""
import sys, time
for i in range(5):
    print("out", i); time.sleep(0.06)
    print("err", i, file=sys.stderr); time.sleep(0.06)
""")
    equal(got["output"], "\n".join(
        "%s %d" % (s, i) for i in range(5) for s in ("out", "err")), "output")
    equal(got["stdout"], "".join("out %d\n" % i for i in range(5)), "stdout")
    equal(got["stderr"], "".join("err %d\n" % i for i in range(5)), "stderr")


@case
def output_none_and_newlines(world):
    client = world.shared.client
    for code, stdout, output in [("", "", ""), ("print()", "\n", ""),
                                 ("print('a\\n')", "a\n\n", "a\n"),
                                 ("print('a', end='')", "a", "a")]:
        got = client.run(code)
        equal((got["stdout"], got["output"], got["status"]),
              (stdout, output, "ok"), repr(code))
        check("encoding" not in got, "encoding", got)


@case
def output_that_is_not_utf8(world):
    client = world.shared.client
    code = "import os; os.write(%d, bytes.fromhex('%s'))"
    raw = b"a\xff\xfe\0z\xed\xa0\x80"
    got = client.run(code % (1, raw.hex()))
    equal(got["encoding"], {"stdout": "base64"}, "encoding")
    equal(base64.b64decode(got["stdout"]), raw, "stdout")
    equal(got["stderr"], "", "stderr")
    check(got["output"].startswith("a\ufffd\ufffd\0z"), "output", got)
    got = client.run(code % (1, raw.hex()) + "; " + (
        code % (2, b"\x80".hex())))
    equal(got["encoding"], {"stdout": "base64", "stderr": "base64"},
          "encoding")
    equal(base64.b64decode(got["stderr"]), b"\x80", "stderr")


@case
def output_of_any_character(world):
    text = "".join(map(chr, range(1, 0x2000))) + "\u2028\ufeff\U0010ffff\0"
    got = world.shared.client.run(
        "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())",
        stdin=text)
    equal(got["stdout"], text, "stdout")


@case
def exit_codes(world):
    client = world.shared.client
    # 137 and 124 are what others take for out of memory and timeout.
    for code in (1, 3, 124, 137, 255):
        got = client.run("import os; os._exit(%d)" % code)
        equal((got["status"], got["exit_code"], got["signal"]),
              ("error", code, None), "exit code %d" % code)
        has(str(code), got["message"], "message")
    got = client.run("import sys; sys.exit('no good')")
    equal((got["exit_code"], got["stderr"]), (1, "no good\n"), "sys.exit")
    got = client.run("exit 7", language="bash")
    equal((got["status"], got["exit_code"]), ("error", 7), "bash")
    got = client.run("throw new Error('thrown')", language="javascript")
    equal((got["status"], got["exit_code"]), ("error", 1), "javascript")
    has("thrown", got["stderr"], "stderr")


@case
def errors_of_the_program(world):
    client = world.shared.client
    got = client.run("def f():\n    return 1/0\nf()")
    equal((got["status"], got["exit_code"]), ("error", 1), "status")
    has("main.py\", line 2, in f", got["stderr"], "traceback")
    has("ZeroDivisionError", got["stderr"], "traceback")
    check("runner" not in got["stderr"], "our own frames", got["stderr"])
    got = client.run("print('before')\nthis is no python")
    equal((got["status"], got["stdout"]), ("error", ""), "syntax error")
    has("SyntaxError", got["stderr"], "stderr")


@case
def signals(world):
    client = world.shared.client
    for number, name in [(11, "SIGSEGV"), (15, "SIGTERM"), (6, "SIGABRT"),
                         (9, "SIGKILL"), (37, "SIGRTMIN+3")]:
        got = client.run("import os; print('kept'); os.kill(os.getpid(), %d)"
                         % number)
        equal((got["status"], got["exit_code"], got["signal"], got["stdout"]),
              ("signal", None, name, "kept\n"), name)
        has(name, got["message"], "message")


@case
def threads_processes_and_pools(world):
    client = world.shared.client
    equal(client.output("""
import multiprocessing, subprocess, threading
seen = []
threads = [threading.Thread(target=seen.append, args=(i,)) for i in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(seen))
print(subprocess.run(["cat"], input=b"through", stdout=-1).stdout)
if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        print(pool.map(abs, [-1, -2]))
"""), "[0, 1, 2, 3, 4, 5, 6, 7]\nb'through'\n[1, 2]", "python")
    equal(client.output("""
const { Worker } = require('worker_threads');
new Worker("require('worker_threads').parentPort.postMessage(6 * 7)",
           { eval: true }).on('message', (m) => console.log(m));
setTimeout(() => console.log('later'), 300);
""", language="javascript"), "42\nlater", "javascript")


@case
def nothing_stays_for_the_next(world):
    client = world.shared.client
    code = """
import os
places = ["/tmp", "/home/sandbox", "/dev/shm"]
print(sorted(n for p in places for n in os.listdir(p)))
for p in places:
    open(os.path.join(p, "left"), "w").close()
"""
    for _ in range(6):
        equal(client.output(code), "['main.py']", "files of others")


@case
def large_bodies(world):
    client = world.shared.client
    text = "#" * (1024 * 1024 - 9) + "\nprint(1)"
    equal(client.output(text), "1", "1 MiB of code")
    answer = client.post({"code": text + " "})
    answer.fault(413, "code_too_large", "1048576")
    files = [{"name": "f%d" % i, "content": "x" * (3 << 20)}
             for i in range(2)]
    equal(client.output("""
import os
print(os.path.getsize("f0"), os.path.getsize("f1"))
""", files=files), "3145728 3145728", "large files")


@case
def largest_arguments(world):
    equal(world.shared.client.output(
        "import sys; print(sum(map(len, sys.argv[1:])), len(sys.argv))",
        args=["x" * 131071] * 8), "1048568 9", "8 of 128 KiB")
    equal(world.shared.client.output(
        "echo $#", args=["y"] * 256, language="bash"), "256", "256 of them")


@case
def largest_output(world):
    """NULs become six bytes each in JSON, other bytes a third more."""
    for fd, byte in [(1, "\\0"), (2, "\\xff"), (1, "a")]:
        got = world.shared.client.run("""
import os
left = 8 << 20
while left:
    left -= os.write(%d, b"%s" * min(left, 65536))
""" % (fd, byte), limits={"output_kb": 8192})
        equal((got["status"], got["truncated"]), ("ok", False), "status")
        stream = got["stdout" if fd == 1 else "stderr"]
        if "encoding" in got:
            stream = base64.b64decode(stream)
        equal(len(stream), 8 << 20, "bytes")


@case
def files_that_do_not_fit(world):
    """More folders than the file system has room for: the client's fault."""
    files = [{"name": "%d/%s" % (i, "d/" * 500 + "f"), "content": ""}
             for i in range(100)]
    answer = world.shared.client.post({"code": "print(1)", "files": files})
    check(answer.status < 500, "a 5xx for what the client did", answer)
    world.shared.wait_rest()
