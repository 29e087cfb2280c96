#!/usr/bin/python3
"""Drives the real worker process: its runs, its limits, its verdicts.

    test_worker.py PROGRAM [WORD]     only the tests that have WORD in the name

The test plays the supervisor, web, the pool and the runners.  No Docker, no
root, no cgroup: as a rule the leases have no files, so all that the worker
knows of a container comes over its stream.  Those that are to be recycled have
files that read as what was written to them (class Files).
"""

import fcntl
import os
import signal
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

import fake_engine as fake  # noqa: E402
import harness as h  # noqa: E402

cases = h.Cases()
NO_SUCH_PID = fake.NO_PROCESS


class Worker:
    """A worker process between a web and a pool that the test plays."""

    def __init__(self, pool=True, **settings):
        values = {"log_level": "debug", "pool_queue_ms": 3000}
        values.update(settings)
        self.child = h.Child(sys.argv[1], "worker", values)
        self.web = self.child.peer("web")
        self.pool = self.child.peer("pool") if pool else None
        self.leases = 0

    def stats(self):
        self.web.send("STATS_ASK", 9)
        return h.json.loads(self.web.expect("STATS", 9).body)

    def order(self, run, script, language=0, stdin=b"", wall_ms=2000,
              output_kb=1024, cpu_ms=10000, memory_mb=256, processes=64,
              fresh=0):
        # The numbers of RUN that the runner gets are put in by the worker.
        program = fake.run_body(script, stdin)[20:]
        self.web.send("RUN", run, struct.pack(
            "<HBIIIII", language, fresh, wall_ms, cpu_ms, memory_mb,
            processes, output_kb) + program)

    def grant(self, run, greeting=b"", pool=None, files=None, walled=None,
              used=0):
        """Lends a runner of ours; the greeting was the pool's to hear."""
        walled = files is not None if walled is None else walled
        ours, theirs = h.pair()
        runner = fake.Runner(ours, greeting, walled).start()
        runner.stream = theirs
        self.leases += 1
        (pool or self.pool).send("LEASE_GRANT", run, struct.pack(
            "<IIBBBHH", self.leases, NO_SUCH_PID,
            not (files and files.mask & FREEZE), walled, used,
            files.mask if files else 0, files.v2 if files else 0),
            [theirs.fileno()] + (files.fds if files else []))
        theirs.close()
        return runner

    def begin(self, run, script, **how):
        """Order, ask and grant; gives the runner."""
        self.order(run, script, **how)
        self.pool.expect("LEASE_ASK", run)
        return self.grant(run)

    def result(self, run, script, **how):
        self.begin(run, script, **how)
        return self.web.expect_result(run)

    def deny(self, run, refusal="busy", retry_s=3, why="none is free"):
        self.pool.send("LEASE_DENY", run, struct.pack(
            "<BI", h.REFUSAL.index(refusal), retry_s) + h.block(why))

    def lost(self, run, why="it ended"):
        self.pool.send("LEASE_LOST", run, h.block(why))


# enum cgroup_file, as bits of the mask
FREEZE, FROZEN, MEMORY, OOM, PIDS = (1 << f for f in (0, 1, 3, 5, 8))
F_ADD_SEALS, F_SEAL_WRITE = 1033, 8


class Files:
    """What stands for a container's cgroup files: memory that reads as what
    was written to it.  With v2 the freezer has its form, and the test says
    whether it is frozen."""

    def __init__(self, without=0, v2=False):
        text = {FREEZE: "FROZEN", MEMORY: "268435456", OOM: "oom_kill 0\n",
                PIDS: "67"}
        if v2:
            text[FROZEN] = "populated 1\nfrozen 0\n"
        self.v2 = FREEZE if v2 else 0
        self.files = {}
        for bit in sorted(text):
            if not bit & without:
                self.files[bit] = os.memfd_create("cgroup",
                                                  os.MFD_ALLOW_SEALING)
                self.write(bit, text[bit])
        h.at_end(lambda: [os.close(fd) for fd in self.files.values()])
        self.mask = sum(self.files)
        self.fds = list(self.files.values())

    def write(self, bit, text):
        os.pwrite(self.files[bit], text.encode(), 0)
        os.ftruncate(self.files[bit], len(text))

    def read(self, bit):
        return os.pread(self.files[bit], 99, 0).decode()

    def refuse(self, bit):
        """It cannot be written any more."""
        fcntl.fcntl(self.files[bit], F_ADD_SEALS, F_SEAL_WRITE)


def text_of(result, stream=None):
    return b"".join(data for s, data in result.output
                    if stream in (None, s))


# ---- results --------------------------------------------------------------

@cases.test
def a_run_ends_in_a_result_and_a_lease_in_a_return():
    w = Worker()
    r = w.result(5, "echo hello\nerr oops\nexit 3")
    h.equal((r.status, r.exit_code, r.signal, r.cut), ("error", 3, 0, 0))
    h.equal(r.output, [(1, b"hello"), (2, b"oops")])
    h.equal(r.detail, "ended with exit code 3")
    h.equal((r.wall_us, r.cpu_us, r.memory_kb), (1000, 1000, 1000))
    assert r.worker_us >= r.run_us > 0, r
    h.equal(w.pool.expect_return(5), ("no_wall", "error"))


@cases.test
def a_run_without_output_is_ok():
    r = Worker().result(1, "exit 0")
    h.equal((r.status, r.exit_code, r.output, r.detail), ("ok", 0, [], ""))


@cases.test
def a_signal_is_told():
    w = Worker()
    r = w.result(1, "signal 11")
    h.equal((r.status, r.exit_code, r.signal), ("signal", None, 11))
    h.equal(r.detail, "ended by SIGSEGV")
    h.equal(w.pool.expect_return(1)[0], "no_wall")


@cases.test
def the_runner_gets_the_program_and_its_limits():
    w = Worker(run_file_mb=7, run_open_files=99)
    runner = w.begin(1, "stdin", stdin=b"in\0put", cpu_ms=3500, output_kb=2)
    r = w.web.expect_result(1)
    h.equal(text_of(r), b"in\0put")
    run = runner.runs[0]
    h.equal((run.file_mb, run.open_files, run.output_bytes), (7, 99, 2048))
    assert run.cpu_s * 1000 >= 3500, run.cpu_s
    h.equal(run.argv, [b"/bin/x", b"main.x"])


@cases.test
def the_ask_names_language_and_time():
    w = Worker(pool_queue_ms=3000)
    w.order(1, "exit 0", language=1)
    m = w.pool.expect("LEASE_ASK", 1)
    language, wait_ms, fresh = struct.unpack("<HIB", m.body)
    h.equal((language, fresh), (1, 0))
    assert 2500 < wait_ms <= 3000, wait_ms


@cases.test
def output_may_come_byte_by_byte():
    r = Worker().result(1, "split one\nsplit two\nerr x\nsplit three")
    h.equal(r.output, [(1, b"onetwo"), (2, b"x"), (1, b"three")])


@cases.test
def much_output_arrives_whole():
    r = Worker().result(1, "flood 4194304\nexit 0", output_kb=8192)
    h.equal(r.status, "ok")
    h.equal(text_of(r), b"x" * 4194304)


@cases.test
def words_of_the_runner_itself_are_not_output():
    r = Worker().result(1, "raw %s\necho hello" % fake.docker_part(
        2, b"the runner's own words").hex())
    h.equal(r.output, [(1, b"hello")])


@cases.test
def a_program_too_large_for_one_write_arrives():
    w = Worker()
    stdin = os.urandom(3 << 20)
    r = w.result(1, "stdin", stdin=stdin[:65536])
    h.equal(text_of(r), stdin[:65536])
    w.pool.expect_return(1)
    runner = w.begin(2, "exit 0", stdin=stdin)
    h.equal(w.web.expect_result(2).status, "ok")
    assert runner.runs[0].stdin == stdin


# ---- limits ---------------------------------------------------------------

@cases.test
def at_the_deadline_the_runner_is_asked_to_end_it():
    w = Worker()
    began = time.monotonic()
    runner = w.begin(1, "echo before\nwait", wall_ms=150)
    r = w.web.expect_result(1)
    took = time.monotonic() - began
    h.equal((r.status, r.exit_code, r.signal), ("timeout", None, 9))
    h.equal(text_of(r), b"before")
    h.equal(runner.kills, 1)
    assert "0.15 s" in r.detail, r.detail
    assert 0.14 < took < 2, took
    h.equal(w.pool.expect_return(1), ("timeout", "timeout"))


@cases.test
def a_runner_that_stays_silent_is_not_waited_for():
    w = Worker()
    began = time.monotonic()
    w.begin(1, "echo before\nignore", wall_ms=100)
    r = w.web.expect_result(1)
    took = time.monotonic() - began
    h.equal((r.status, r.signal), ("timeout", 9))
    h.equal(text_of(r), b"before")
    assert 0.3 < took < 2, took
    h.equal(w.pool.expect_return(1), ("broken", "timeout"))


@cases.test
def a_runner_that_goes_at_the_deadline_is_a_timeout():
    w = Worker()
    runner = w.begin(1, "ignore", wall_ms=100)
    h.until(lambda: runner.kills == 1)
    runner.sock.shutdown(socket.SHUT_RDWR)
    h.equal(w.web.expect_result(1).status, "timeout")
    h.equal(w.pool.expect_return(1)[0], "broken")


@cases.test
def output_beyond_the_limit_is_cut_and_ends_the_run():
    w = Worker()
    # Two parts: one up to the limit exactly, one beyond it.
    runner = w.begin(1, "flood 131072\nwait", output_kb=64, wall_ms=3000)
    r = w.web.expect_result(1)
    h.equal(r.status, "output_limit")
    h.equal(text_of(r), b"x" * 65536)
    h.equal(runner.kills, 1)
    assert "64 KB" in r.detail, r.detail
    h.equal(w.pool.expect_return(1)[0], "output_limit")


@cases.test
def output_up_to_the_limit_is_no_fault():
    r = Worker().result(1, "flood 65536\nexit 0", output_kb=64)
    h.equal((r.status, len(text_of(r))), ("ok", 65536))


@cases.test
def a_flood_without_end_does_not_hinder_others():
    w = Worker()
    runner = w.begin(1, "flood 1000000000000", output_kb=64, wall_ms=5000)
    began = time.monotonic()
    w.begin(2, "echo hello")
    results = {}
    for _ in range(2):
        m = w.web.expect("RESULT")
        results[m.id] = h.parse_result(m.body)
    h.equal(text_of(results[2]), b"hello")
    h.equal(results[1].status, "output_limit")
    h.equal(text_of(results[1]), b"x" * 65536)
    assert results[1].cut & 1, results[1].cut
    assert time.monotonic() - began < 2
    # Its stream is closed, so the flood ends.
    runner.ended.wait(2)


@cases.test
def limits_that_need_the_cgroup_are_refused_without_it():
    w = Worker()
    w.begin(1, "exit 0", memory_mb=128)
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal(refused.refusal, "internal")
    assert "cgroup" in refused.why, refused
    w.pool.expect_return(1)


# ---- a runner that cannot be trusted --------------------------------------

EXIT_OK = fake.frame(fake.EXIT, fake.exit_body())


def part(data):
    return fake.docker_part(1, data).hex()


NONSENSE = {
    "noise": part(b"\xff" * 100),
    "unknown_frame": part(fake.frame(99, b"x")),
    "run_from_the_runner": part(fake.frame(fake.RUN, b"x")),
    "ready": part(fake.frame(fake.READY)),
    "too_large": part(struct.pack("<IB", 65537, fake.OUT)),
    "exit_cut": part(fake.frame(fake.EXIT, fake.exit_body()[:-1])),
    "exit_long": part(fake.frame(fake.EXIT, fake.exit_body() + b"x")),
    "exit_how": part(fake.frame(fake.EXIT, fake.exit_body(how=2))),
    "exit_value": part(fake.frame(fake.EXIT, fake.exit_body(code=256))),
    "exit_cause": part(fake.frame(fake.EXIT, fake.exit_body(cause=4))),
    "fail_cut": part(fake.frame(fake.FAIL, b"\x05\0\0\0abc")),
    "fail_with_a_nul": part(fake.frame(fake.FAIL, b"\3\0\0\0a\0c")),
    "fail_long": part(fake.frame(fake.FAIL, h.block("x" * 300))),
    "no_stream": fake.docker_part(3, EXIT_OK).hex(),
}


@cases.each([(name,) for name in NONSENSE])
def nonsense_loses_only_its_own_run(name):
    w = Worker()
    other = w.begin(2, "wait", wall_ms=5000)
    w.begin(1, "echo before\nraw %s\nignore" % NONSENSE[name], wall_ms=5000)
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal(refused.refusal, "container_lost")
    assert "not understood" in refused.why, refused
    h.equal(w.pool.expect_return(1)[0], "broken")
    other.say(fake.EXIT, fake.exit_body())
    h.equal(w.web.expect_result(2).status, "ok")


@cases.test
def a_stream_that_closes_is_a_lost_container():
    w = Worker()
    w.begin(1, "echo before\nclose")
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal(refused.refusal, "container_lost")
    assert "stream was closed" in refused.why, refused
    h.equal(w.pool.expect_return(1)[0], "broken")


@cases.test
def what_follows_exit_is_passed_over():
    w = Worker()
    r = w.result(1, "raw %s\nignore" % part(
        EXIT_OK + fake.frame(fake.OUT, b"late") + EXIT_OK + b"\xff" * 50))
    h.equal((r.status, r.output), ("ok", []))
    h.equal(w.pool.expect_return(1), ("no_wall", "ok"))
    w.web.expect_nothing()
    w.pool.expect_nothing()


@cases.test
def exit_just_before_the_end_of_the_stream_counts():
    w = Worker()
    r = w.result(1, "echo last\nraw %s\nclose" % part(EXIT_OK))
    h.equal((r.status, text_of(r)), ("ok", b"last"))


@cases.test
def a_program_that_cannot_be_started_is_refused():
    w = Worker()
    w.begin(1, "fail no such file")
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal((refused.refusal, refused.why), ("runner", "no such file"))
    h.equal(w.pool.expect_return(1)[0], "refused")


@cases.test
def control_characters_of_a_runner_do_not_break_the_log():
    w = Worker()
    w.begin(1, "fail a\tb\x1b[31m")
    w.web.expect_refused("REFUSED", 1)
    assert "\x1b" not in w.child.said()


# ---- the client leaves ----------------------------------------------------

@cases.test
def a_cancelled_run_returns_its_lease_and_says_nothing():
    w = Worker()
    runner = w.begin(1, "wait", wall_ms=60000)
    h.until(lambda: runner.runs)
    w.web.send("CANCEL", 1)
    h.equal(w.pool.expect_return(1), ("cancelled", ""))
    runner.ended.wait(2)
    assert runner.ended.is_set()
    w.web.expect_nothing(0.05)


@cases.test
def a_cancelled_ask_is_withdrawn():
    w = Worker()
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.web.send("CANCEL", 1)
    w.pool.expect("LEASE_CANCEL", 1)
    # The grant was on its way.
    w.grant(1)
    h.equal(w.pool.expect_return(1), ("unused", ""))
    w.web.expect_nothing(0.05)


@cases.test
def a_cancel_of_what_is_not_there_is_passed_over():
    w = Worker()
    w.web.send("CANCEL", 99)
    h.equal(w.result(1, "exit 0").status, "ok")


@cases.test
def a_grant_for_an_unknown_run_is_returned_unused():
    w = Worker()
    runner = w.grant(12345)
    h.equal(w.pool.expect_return(12345), ("unused", ""))
    runner.ended.wait(2)
    h.equal(runner.runs, [])


@cases.test
def a_second_grant_for_a_run_is_returned_unused():
    w = Worker()
    first = w.begin(1, "wait", wall_ms=5000)
    h.until(lambda: first.runs)
    w.grant(1)
    h.equal(w.pool.expect_return(1), ("unused", ""))
    first.say(fake.EXIT, fake.exit_body())
    h.equal(w.web.expect_result(1).status, "ok")


@cases.test
def without_web_every_run_is_cancelled():
    w = Worker()
    runner = w.begin(1, "wait", wall_ms=60000)
    h.until(lambda: runner.runs)
    w.order(2, "exit 0")
    w.pool.expect("LEASE_ASK", 2)
    w.web.close()
    said = sorted((m.name, m.id) for m in
                  (w.pool.receive(), w.pool.receive()))
    h.equal(said, [("LEASE_CANCEL", 2), ("LEASE_RETURN", 1)])
    w.web = w.child.peer("web")
    h.equal(w.result(3, "exit 0").status, "ok")


# ---- the pool -------------------------------------------------------------

@cases.each([(r,) for r in h.REFUSAL])
def a_denial_is_passed_on(refusal):
    w = Worker()
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.deny(1, refusal, 7, "because")
    h.equal(w.web.expect_refused("REFUSED", 1),
            h.Refused(refusal, 7, "because"))
    w.pool.expect_nothing(0.02)


@cases.test
def a_container_that_is_lost_is_told():
    w = Worker()
    runner = w.begin(1, "wait", wall_ms=5000)
    h.until(lambda: runner.runs)
    w.lost(1, "somebody removed it")
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal((refused.refusal, refused.why),
            ("container_lost", "somebody removed it"))
    w.lost(99)
    w.child.ping()


@cases.test
def a_pool_that_does_not_answer_is_given_up_in_time():
    w = Worker(pool_queue_ms=50)
    began = time.monotonic()
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    h.equal(w.web.expect_refused("REFUSED", 1).refusal, "busy")
    assert time.monotonic() - began < 2
    w.pool.expect("LEASE_CANCEL", 1)


@cases.test
def without_a_pool_runs_wait_for_one():
    w = Worker(pool=False)
    w.order(1, "echo hello")
    w.order(2, "echo hello")
    w.web.expect_nothing(0.05)
    w.pool = w.child.peer("pool")
    asked = {w.pool.expect("LEASE_ASK").id for _ in range(2)}
    h.equal(asked, {1, 2})
    w.grant(1)
    h.equal(text_of(w.web.expect_result(1)), b"hello")


@cases.test
def without_a_pool_runs_are_refused_at_their_deadline():
    w = Worker(pool=False, pool_queue_ms=100)
    w.order(1, "exit 0")
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal(refused.refusal, "busy")
    assert "pool" in refused.why, refused


@cases.test
def a_pool_that_ends_takes_what_it_lent_and_not_what_waits():
    w = Worker()
    runner = w.begin(1, "wait", wall_ms=5000)
    h.until(lambda: runner.runs)
    w.order(2, "echo later")
    w.pool.expect("LEASE_ASK", 2)
    w.pool.close()
    refused = w.web.expect_refused("REFUSED", 1)
    h.equal(refused.refusal, "container_lost")
    w.web.expect_nothing(0.02)
    w.pool = w.child.peer("pool")
    w.pool.expect("LEASE_ASK", 2)
    w.grant(2)
    h.equal(text_of(w.web.expect_result(2)), b"later")


@cases.test
def a_new_pool_takes_the_place_of_the_old():
    w = Worker()
    w.order(1, "echo hello")
    w.pool.expect("LEASE_ASK", 1)
    old, w.pool = w.pool, w.child.peer("pool")
    w.pool.expect("LEASE_ASK", 1)
    old.expect_closed()
    w.grant(1)
    h.equal(text_of(w.web.expect_result(1)), b"hello")


BAD_MESSAGES = [
    ("grant_short", "pool", lambda c: c.send(
        "LEASE_GRANT", 1, b"\0" * 18, [0])),
    ("grant_mask", "pool", lambda c: c.send(
        "LEASE_GRANT", 1, struct.pack("<IIBBBHH", 1, 1, 1, 0, 0, 3, 0), [0])),
    ("grant_half_walled", "pool", lambda c: c.send(
        "LEASE_GRANT", 1, struct.pack("<IIBBBHH", 1, 1, 1, 2, 0, 0, 0),
        [0])),
    ("grant_without_stream", "pool", lambda c: c.send(
        "LEASE_GRANT", 1, struct.pack("<IIBBBHH", 1, 1, 1, 0, 0, 0, 0))),
    ("deny_refusal", "pool", lambda c: c.send(
        "LEASE_DENY", 1, struct.pack("<BI", 77, 0) + h.block("x"))),
    ("deny_trailing", "pool", lambda c: c.send(
        "LEASE_DENY", 1, struct.pack("<BI", 0, 0) + h.block("x") + b"y")),
    ("lost_cut", "pool", lambda c: c.send("LEASE_LOST", 1, b"\7\0\0\0abc")),
    ("ask_of_a_worker", "pool", lambda c: c.send(
        "LEASE_ASK", 1, b"\0" * 7)),
    ("run_short", "web", lambda c: c.send("RUN", 1, b"\0" * 22)),
    ("run_language", "web", lambda c: c.send(
        "RUN", 1, struct.pack("<HBIIIII", 2, 0, 1, 1, 1, 1, 1))),
    ("run_half_fresh", "web", lambda c: c.send(
        "RUN", 1, struct.pack("<HBIIIII", 0, 2, 1, 1, 1, 1, 1))),
    ("cancel_long", "web", lambda c: c.send("CANCEL", 1, b"x")),
    ("noise", "web", lambda c: c.send_raw(os.urandom(1000))),
]


@cases.each([(name,) for name, _, _ in BAD_MESSAGES])
def a_malformed_message_loses_only_its_sender(name):
    w = Worker()
    _, role, send = [row for row in BAD_MESSAGES if row[0] == name][0]
    channel = getattr(w, role)
    send(channel)
    channel.expect_closed()
    setattr(w, role, w.child.peer(role))
    h.equal(w.result(5, "exit 0").status, "ok")


@cases.test
def two_runs_may_not_have_one_id():
    w = Worker()
    w.begin(1, "wait", wall_ms=5000)
    w.order(1, "exit 0")
    w.web.expect_closed()
    h.equal(w.pool.expect_return(1)[0], "cancelled")


# ---- recycling ------------------------------------------------------------

def recycled(w, script, files=None, **how):
    """The run's result, and how its container came back."""
    w.order(1, script, **how)
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=files or Files())
    return w.web.expect_result(1), w.pool.expect_return(1)


@cases.each([("exit 0",), ("exit 3",), ("signal 11",)])
def a_container_comes_back_clean_after_a_program_that_ended(end):
    w, files = Worker(), Files()
    r, back = recycled(w, "echo hello\n" + end, files)
    h.equal(text_of(r), b"hello")
    h.equal(back, ("clean", ""))
    h.equal(files.read(FREEZE), "FROZEN")
    h.equal(w.stats()["recycling"], 0)


@cases.test
def a_container_that_comes_back_can_be_lent_again():
    w, files = Worker(), Files()
    runner = None
    for run in range(1, 6):
        w.order(run, "echo %d" % run)
        w.pool.expect("LEASE_ASK", run)
        if runner is None:
            ours, theirs = h.pair()
            runner = fake.Runner(ours, b"", True).start()
        w.pool.send("LEASE_GRANT", run, struct.pack(
            "<IIBBBHH", 1, NO_SUCH_PID, 0, 1, run > 1, files.mask, 0),
            [theirs.fileno()] + files.fds)
        r = w.web.expect_result(run)
        h.equal((text_of(r), r.recycled), (b"%d" % run, run > 1))
        h.equal(w.pool.expect_return(run), ("clean", ""))
    h.equal(len(runner.runs), 5)
    theirs.close()


@cases.test
def the_answer_does_not_wait_for_the_next_sandbox():
    w = Worker(reuse_ready_ms=10000)
    w.order(1, "then late 0.4\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    began = time.monotonic()
    w.web.expect_result(1)
    assert time.monotonic() - began < 0.35
    h.equal(w.stats()["recycling"], 1)
    w.pool.expect_nothing(0.05)
    h.equal(w.pool.expect_return(1), ("clean", ""))


@cases.test
def a_sandbox_that_does_not_come_in_time_costs_the_container():
    w, files = Worker(reuse_ready_ms=100), Files()
    r, back = recycled(w, "then nothing\nexit 0", files)
    h.equal((r.status, back[0]), ("ok", "not_ready"))
    assert "reuse_ready_ms" in back[1], back
    # What still works in it works no more.
    h.equal(files.read(FREEZE), "FROZEN")


READY = fake.frame(fake.READY)

AFTER_EXIT = {
    "output": part(fake.frame(fake.OUT, b"late")),
    "exit_again": part(EXIT_OK),
    "ready_with_a_body": part(fake.frame(fake.READY, b"x")),
    "ready_twice": part(READY + READY),
    "ready_twice_in_parts": part(READY) + part(READY),
    "output_before_ready": part(fake.frame(fake.OUT, b"late") + READY),
    "output_behind_ready": part(READY + fake.frame(fake.OUT, b"late")),
    "half_a_frame_behind_ready": part(READY + b"\1\0"),
    "half_a_header_behind_ready": part(READY) + "0100",
    "fail": part(fake.frame(fake.FAIL, h.block("x"))),
    "noise": part(b"\xff" * 50),
    "no_stream": fake.docker_part(7, READY).hex(),
}


@cases.each([(name,) for name in AFTER_EXIT])
def what_follows_exit_and_is_not_ready_costs_the_container(name):
    w = Worker()
    r, back = recycled(w, "then raw %s\nexit 0" % AFTER_EXIT[name])
    h.equal((r.status, r.output, back[0]), ("ok", [], "broken"))
    w.web.expect_nothing(0.02)
    w.pool.expect_nothing(0.02)


@cases.test
def words_of_the_runner_after_exit_are_logged_and_no_fault():
    w = Worker()
    words = fake.docker_part(2, b"warning: odd").hex()
    _, back = recycled(w, "then raw %s%s\nexit 0" % (words, part(READY)))
    h.equal(back, ("clean", ""))
    assert "runner said: warning: odd" in w.child.said()


@cases.test
def ready_may_come_byte_by_byte():
    w = Worker()
    w.order(1, "then nothing\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=Files())
    w.web.expect_result(1)
    for byte in fake.docker_part(1, READY):
        runner.sock.sendall(bytes([byte]))
        time.sleep(0.002)
    h.equal(w.pool.expect_return(1), ("clean", ""))


@cases.test
def a_stream_that_closes_after_exit_costs_the_container():
    w = Worker()
    r, back = recycled(w, "then close\nexit 0")
    h.equal((r.status, back[0]), ("ok", "broken"))
    assert "closed" in back[1], back


@cases.test
def a_program_that_killed_its_watcher_costs_the_container():
    r, back = recycled(Worker(), "lost")
    h.equal((r.status, back[0]), ("signal", "lost"))


@cases.test
def a_run_that_met_a_limit_costs_the_container():
    w = Worker()
    r, back = recycled(w, "wait", wall_ms=50)
    h.equal((r.status, back[0]), ("timeout", "timeout"))


@cases.test
def too_much_output_costs_the_container():
    r, back = recycled(Worker(), "flood 131072\nwait", output_kb=64)
    h.equal((r.status, back[0]), ("output_limit", "output_limit"))


@cases.test
def a_kill_for_want_of_memory_costs_the_container():
    w, files = Worker(), Files()
    w.order(1, "sleep 0.2\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=files)
    h.until(lambda: runner.runs)
    files.write(OOM, "oom_kill 1\n")
    h.equal(w.web.expect_result(1).status, "out_of_memory")
    h.equal(w.pool.expect_return(1)[0], "out_of_memory")


@cases.test
def a_kill_for_want_of_memory_after_the_run_costs_the_container():
    w, files = Worker(), Files()
    w.order(1, "then late 0.2\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=files)
    h.equal(w.web.expect_result(1).status, "ok")
    files.write(OOM, "oom_kill 1\n")
    h.equal(w.pool.expect_return(1)[0], "out_of_memory")


@cases.test
def files_that_do_not_fit_do_not_cost_the_container():
    w = Worker()
    w.order(1, "toolarge too much")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    h.equal(w.web.expect_refused("REFUSED", 1).refusal, "too_large")
    h.equal(w.pool.expect_return(1), ("clean", ""))


@cases.test
def a_program_that_cannot_be_started_costs_the_container():
    w = Worker()
    w.order(1, "fail no such file")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    h.equal(w.web.expect_refused("REFUSED", 1).refusal, "runner")
    h.equal(w.pool.expect_return(1)[0], "refused")


@cases.test
def limits_that_differed_are_set_again():
    w, files = Worker(), Files()
    w.order(1, "sleep 0.1\nexit 0", memory_mb=128, processes=32)
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=files)
    h.until(lambda: runner.runs)
    h.equal((files.read(MEMORY), files.read(PIDS)), ("134217728", "35"))
    h.equal(files.read(FREEZE), "THAWED")
    w.web.expect_result(1)
    h.equal(w.pool.expect_return(1), ("clean", ""))
    h.equal((files.read(MEMORY), files.read(PIDS)), ("268435456", "67"))


@cases.test
def limits_that_did_not_differ_are_not_touched():
    files = Files()
    files.refuse(MEMORY)
    files.refuse(PIDS)
    h.equal(recycled(Worker(), "exit 0", files)[1], ("clean", ""))


@cases.each([("memory", MEMORY), ("pids", PIDS)])
def limits_that_cannot_be_set_again_cost_the_container(_name, bit):
    w, files = Worker(), Files()
    w.order(1, "sleep 0.1\nexit 0", memory_mb=128, processes=32)
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=files)
    h.until(lambda: runner.runs)
    files.refuse(bit)
    w.web.expect_result(1)
    h.equal(w.pool.expect_return(1)[0], "not_restored")


@cases.test
def without_an_inner_wall_a_container_is_used_once():
    w = Worker()
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files(), walled=False)
    w.web.expect_result(1)
    h.equal(w.pool.expect_return(1), ("no_wall", "ok"))


@cases.test
def reuse_never_uses_every_container_once():
    h.equal(recycled(Worker(reuse="never"), "exit 0")[1], ("reuse_off", "ok"))


@cases.each([("freezer", FREEZE), ("kills", OOM)])
def a_cgroup_that_is_not_reached_costs_the_container(_name, without):
    h.equal(recycled(Worker(), "exit 0", Files(without))[1],
            ("not_frozen", "ok"))


@cases.test
def a_freezer_that_cannot_be_written_costs_the_container():
    w, files = Worker(), Files()
    w.order(1, "then late 0.1\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=files)
    w.web.expect_result(1)
    files.refuse(FREEZE)
    h.equal(w.pool.expect_return(1)[0], "not_frozen")


@cases.test
def a_container_that_freezes_slowly_is_waited_for():
    w, files = Worker(), Files(v2=True)
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=files)
    w.web.expect_result(1)
    h.until(lambda: files.read(FREEZE)[0] == "1")
    w.pool.expect_nothing(0.1)
    files.write(FROZEN, "populated 1\nfrozen 1\n")
    h.equal(w.pool.expect_return(1), ("clean", ""))


@cases.test
def a_container_that_does_not_freeze_is_given_up():
    w = Worker(reuse_ready_ms=100)
    h.equal(recycled(w, "exit 0", Files(v2=True))[1],
            ("not_frozen", "it does not freeze"))


@cases.test
def a_word_while_it_freezes_costs_the_container():
    w, files = Worker(), Files(v2=True)
    w.order(1, "exit 0")
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=files)
    w.web.expect_result(1)
    h.until(lambda: files.read(FREEZE)[0] == "1")
    runner.say(fake.OUT, b"x")
    h.equal(w.pool.expect_return(1)[0], "broken")


@cases.test
def a_cancel_after_the_answer_changes_nothing():
    w = Worker()
    w.order(1, "then late 0.1\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    w.web.expect_result(1)
    w.web.send("CANCEL", 1)
    h.equal(w.pool.expect_return(1), ("clean", ""))
    w.web.expect_nothing(0.02)


@cases.test
def a_web_that_ends_after_the_answer_changes_nothing():
    w = Worker()
    w.order(1, "then late 0.1\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    w.web.expect_result(1)
    w.web.close()
    h.equal(w.pool.expect_return(1), ("clean", ""))


@cases.test
def a_container_lost_after_the_answer_is_let_go():
    w = Worker()
    w.order(1, "then nothing\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=Files())
    w.web.expect_result(1)
    w.lost(1)
    assert runner.ended.wait(2)
    w.web.expect_nothing(0.02)
    w.pool.expect_nothing(0.02)
    h.equal(w.stats()["recycling"], 0)


@cases.test
def a_pool_that_ends_after_the_answer_takes_its_container_along():
    w = Worker()
    w.order(1, "then nothing\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=Files())
    w.web.expect_result(1)
    w.pool.close()
    assert runner.ended.wait(2)
    w.web.expect_nothing(0.02)
    w.pool = w.child.peer("pool")
    h.equal(w.result(2, "exit 0").status, "ok")


@cases.each([("lost",), ("pool",)])
def an_answer_that_is_there_when_the_container_goes_is_given(way):
    w = Worker()
    w.order(1, "wait", wall_ms=5000)
    w.pool.expect("LEASE_ASK", 1)
    runner = w.grant(1, files=Files())
    h.until(lambda: runner.runs)
    os.kill(w.child.process.pid, signal.SIGSTOP)
    runner.sock.sendall(fake.docker_part(1, EXIT_OK + READY))
    if way == "lost":
        w.lost(1)
    else:
        w.pool.close()
    os.kill(w.child.process.pid, signal.SIGCONT)
    h.equal(w.web.expect_result(1).status, "ok")
    h.until(lambda: w.stats()["recycling"] == 0)


@cases.test
def a_drain_after_the_answer_gives_the_container_back_at_once():
    w = Worker(reuse_ready_ms=60000)
    w.order(1, "then nothing\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    w.web.expect_result(1)
    w.child.control.send("DRAIN", 0, struct.pack("<I", 0))
    h.equal(w.pool.expect_return(1)[0], "stopping")
    w.child.control.expect("DRAINED")
    w.web.expect_nothing(0.02)


@cases.test
def a_run_may_not_have_the_id_of_one_that_is_recycled():
    w = Worker(reuse_ready_ms=60000)
    w.order(1, "then nothing\nexit 0")
    w.pool.expect("LEASE_ASK", 1)
    w.grant(1, files=Files())
    w.web.expect_result(1)
    w.order(1, "exit 0")
    w.web.expect_closed()


@cases.test
def a_fresh_order_is_a_fresh_ask():
    w = Worker()
    w.order(1, "exit 0", fresh=1)
    h.equal(w.pool.expect("LEASE_ASK", 1).body[6], 1)
    w.grant(1)
    h.equal(w.web.expect_result(1).recycled, 0)


# ---- many -----------------------------------------------------------------

@cases.test
def two_hundred_runs_at_once_get_their_own_answers():
    w = Worker()
    runs = range(1000, 1200)
    for run in runs:
        w.order(run, "echo this is %d\nsleep 0.05\nerr %d\nexit %d" % (
            run, run, run % 256), wall_ms=10000)
    asked = [w.pool.expect("LEASE_ASK").id for _ in runs]
    h.equal(sorted(asked), list(runs))
    for run in reversed(asked):
        w.grant(run)
    for _ in runs:
        m = w.web.expect("RESULT")
        r = h.parse_result(m.body)
        h.equal(r.output, [(1, b"this is %d" % m.id), (2, b"%d" % m.id)])
        h.equal(r.exit_code, m.id % 256)
    returned = sorted(w.pool.expect("LEASE_RETURN").id for _ in runs)
    h.equal(returned, list(runs))


@cases.test
def no_descriptor_is_left_open():
    w = Worker()

    def descriptors():
        return len(os.listdir("/proc/%d/fd" % w.child.process.pid))
    for run in range(3):
        w.result(run, "exit 0")
        w.pool.expect_return(run)
    w.child.ping()
    before = descriptors()
    for run in range(10, 30):
        w.begin(run, ["exit 0", "close", "nonsense", "fail x"][run % 4])
        w.web.receive()
        w.pool.expect_return(run)
    h.until(lambda: descriptors() <= before,
            what=lambda: "%d descriptors, was %d" % (descriptors(), before))


# ---- the end --------------------------------------------------------------

@cases.test
def a_drain_refuses_what_is_left():
    w = Worker()
    runner = w.begin(1, "wait", wall_ms=60000)
    h.until(lambda: runner.runs)
    w.order(2, "exit 0")
    w.pool.expect("LEASE_ASK", 2)
    w.child.control.send("DRAIN", 0, struct.pack("<I", 0))
    refused = {}
    for _ in range(2):
        m = w.web.expect("REFUSED")
        refused[m.id] = h.REFUSAL[m.body[0]]
    h.equal(refused, {1: "draining", 2: "draining"})
    w.child.control.expect("DRAINED")


@cases.test
def the_worker_ends_when_its_supervisor_does():
    w = Worker()
    w.begin(1, "wait", wall_ms=60000)
    w.child.control.close()
    h.equal(w.child.ended(1.0), 0)


@cases.test
def stats_count_what_is_there():
    w = Worker()
    w.result(1, "exit 0")
    w.pool.expect_return(1)
    runner = w.begin(2, "wait", wall_ms=60000)
    h.until(lambda: runner.runs)
    w.order(3, "exit 0")
    stats = w.stats()
    h.equal((stats["running"], stats["waiting"], stats["finished"]),
            (1, 1, 1))
    h.equal(stats["pid"], w.child.process.pid)


if __name__ == "__main__":
    sys.exit(h.main(cases, __doc__))
