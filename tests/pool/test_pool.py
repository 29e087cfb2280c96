#!/usr/bin/python3
"""Drives the real pool process against a fake Docker engine.

    test_pool.py PROGRAM [WORD]     only the tests that have WORD in the name

The test plays the supervisor, the workers and web.  No Docker, no root.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

import fake_engine as fake  # noqa: E402
import harness as h  # noqa: E402

cases = h.Cases()
BASH, PYTHON = 0, 1
LANGUAGES = 2

LABEL_OWNER = "safe-code-executor.owner"
LABEL_LANGUAGE = "safe-code-executor.language"


class Pool:
    """A pool process, its engine, and a worker."""

    def __init__(self, engine_first=True, languages=LANGUAGES, prepare=None,
                 **settings):
        self.dir = tempfile.mkdtemp(prefix="sce-pool-")
        h.at_end(lambda: shutil.rmtree(self.dir))
        self.engine = fake.FakeEngine(self.dir + "/docker.sock")
        h.at_end(self.engine.stop)
        self.settings = {
            "docker_host": "unix://" + self.engine.path,
            "docker_timeout_ms": 400, "docker_retry_max_ms": 50,
            "pool_idle": 2, "pool_total": 4, "pool_parallel": 4,
            "log_level": "debug"}
        self.settings.update(settings)
        self.languages = h.LANGUAGES[:languages]
        if prepare is not None:
            prepare(self.engine)
        if engine_first:
            self.engine.start()
        self.child = h.Child(sys.argv[1], "pool", self.settings,
                             self.languages)
        self.worker = self.child.peer("worker", 0)
        self.web = self.child.peer("web")
        self.walls = []

    def stats(self):
        self.web.send("STATS_ASK", 5)
        m = self.web.receive()
        while m is not None and m.name == "WALL":
            self.walls.append(m.body)
            m = self.web.receive()
        assert m is not None and m.name == "STATS", "got %s" % (m,)
        return h.json.loads(m.body)

    def destroyed(self):
        """By reason; what never happened is left out."""
        return {why: n for why, n in self.stats()["destroyed"].items() if n}

    def bash(self, *names):
        of_bash = self.stats()["languages"]["bash"]
        return tuple(of_bash[name] for name in names)

    def wanted(self):
        return int(self.settings["pool_idle"])

    def filled(self, timeout_s=5.0):
        """Each language has its idle containers, and nothing else exists."""
        def is_filled():
            return all(
                len(self.engine.existing("paused", l["name"])) ==
                len(self.engine.existing(None, l["name"])) == self.wanted()
                for l in self.languages)
        self.engine.wait(is_filled, timeout_s, "the pool is filled")
        # The pool has heard so, too.
        h.until(lambda: all(l["idle"] == self.wanted() for l in
                            self.stats()["languages"].values()))
        self.child.ping()
        return self

    def ask(self, run, language=BASH, wait_ms=2000, worker=None, fresh=0):
        (worker or self.worker).send("LEASE_ASK", run, struct.pack(
            "<HIB", language, wait_ms, fresh))

    def lease(self, run, language=BASH, wait_ms=2000):
        """Asks, and gives the grant and the container it is of."""
        self.ask(run, language, wait_ms)
        grant = self.worker.expect_grant(run)
        name = self.engine.names("unpause")[-1]
        container = [c for c in self.engine.containers if c.name == name][-1]
        return grant, container

    def give_back(self, run, verdict="no_wall", details="", worker=None):
        (worker or self.worker).send("LEASE_RETURN", run, struct.pack(
            "<B", h.VERDICT.index(verdict)) + h.block(details))

    def drain(self, grace_ms=0):
        self.child.control.send("DRAIN", 0, struct.pack("<I", grace_ms))

    def drained(self, timeout_s=5.0):
        m = self.child.control.receive(timeout_s)
        while m is not None and m.name == "FILLED":
            m = self.child.control.receive(timeout_s)
        assert m is not None and m.name == "DRAINED", "got %s" % (m,)

    def leaves_nothing(self):
        self.drain()
        self.drained()
        h.equal([c.name for c in self.engine.existing()], [])

    def deleted(self, container, timeout_s=5.0):
        self.engine.wait(lambda: container.deleted, timeout_s,
                         "%s is deleted" % container.name)


def words_of(grant):
    """Runs a program over the stream that was lent."""
    stream = socket.socket(fileno=os.dup(grant.fds[0]))
    body = fake.run_body("echo hello\nexit 3")
    stream.sendall(fake.frame(fake.RUN, body))
    got = b""
    stream.settimeout(2)
    while b"hello" not in got or len(got) < 8 + 10 + 8 + 36:
        got += stream.recv(4096)
    stream.close()
    return got


# ---- filling --------------------------------------------------------------

@cases.test
def fills_each_language_to_its_number_of_idle():
    pool = Pool().filled()
    h.equal(pool.child.passed_over, ["FILLED"])
    h.equal(len(pool.engine.existing("paused", "bash")), 2)
    h.equal(len(pool.engine.existing("paused", "python")), 2)
    for c in pool.engine.existing():
        assert c.name.startswith("sce-main-"), c.name
        h.equal(c.labels["safe-code-executor.instance"], "main")
    pool.leaves_nothing()


@cases.test
def a_language_may_have_numbers_of_its_own():
    pool = Pool(pool_idle="1,python=3")
    pool.engine.wait(lambda: len(pool.engine.existing(
        "paused", "python")) == 3 and len(pool.engine.existing(
            "paused", "bash")) == 1)


@cases.test
def makes_as_many_at_once_as_it_may_and_no_more():
    pool = Pool(pool_idle=6, pool_total=6, pool_parallel=3, prepare=lambda e:
                e.misbehave("start", delay_s=0.05)).filled()
    h.equal(pool.engine.peak_making, 3)


@cases.test
def every_container_has_a_user_of_its_own():
    pool = Pool().filled()
    users = [c.spec["User"] for c in pool.engine.existing()]
    h.equal(len(set(users)), 4)


@cases.test
def says_filled_once():
    pool = Pool(pool_idle=1).filled()
    pool.ask(1)
    pool.worker.expect_grant(1)
    pool.give_back(1)
    pool.engine.wait(lambda: len(pool.engine.containers) >= 3)
    pool.filled()
    h.equal(pool.child.passed_over, ["FILLED"])


@cases.test
def answers_a_ping():
    pool = Pool()
    pool.child.control.send("PING", 7)
    m = pool.child.control.receive()
    while m.name == "FILLED":
        m = pool.child.control.receive()
    h.equal((m.name, m.id), ("PONG", 7))


# ---- lending --------------------------------------------------------------

@cases.test
def lends_a_container_whose_runner_answers():
    pool = Pool().filled()
    grant, container = pool.lease(77)
    h.equal((grant.run, grant.thawed, grant.mask), (77, 1, 0))
    h.equal(container.labels[LABEL_LANGUAGE], "bash")
    assert b"hello" in words_of(grant)


@cases.test
def lends_what_became_idle_last_first():
    pool = Pool(pool_idle=4, pool_total=4, pool_parallel=1,
                languages=1).filled()
    paused = pool.engine.names("pause")
    for run in range(4):
        pool.lease(run)
    h.equal(pool.engine.names("unpause"), paused[::-1])


@cases.test
def a_return_destroys_the_container_and_makes_another():
    pool = Pool(languages=1).filled()
    for run, verdict in enumerate(h.OF_WORKER):
        _, container = pool.lease(run)
        pool.give_back(run, verdict, "details")
        pool.deleted(container)
        pool.filled()
    pool.leaves_nothing()


@cases.test
def a_return_of_what_was_not_lent_is_passed_over():
    pool = Pool().filled()
    pool.give_back(99)
    pool.lease(1)
    pool.give_back(1)
    pool.give_back(1)
    pool.filled()


@cases.test
def asks_wait_first_in_first_out():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    for run in (2, 3, 4):
        pool.ask(run)
    for run in (2, 3, 4):
        pool.worker.expect_nothing(0.02)
        pool.give_back(run - 1)
        pool.worker.expect_grant(run)


@cases.test
def one_language_does_not_wait_for_another():
    pool = Pool(pool_idle=1, pool_total=1).filled()
    pool.lease(1, BASH)
    pool.ask(2, BASH)
    pool.lease(3, PYTHON)


@cases.test
def an_ask_is_denied_at_its_deadline_with_the_reason():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    began = time.monotonic()
    pool.ask(2, wait_ms=5000)
    pool.ask(3, wait_ms=100)
    denied = pool.worker.expect_deny(3)
    took = time.monotonic() - began
    h.equal(denied.refusal, "busy")
    assert denied.retry_s > 0 and "became free in time" in denied.why, denied
    assert 0.09 < took < 2, took
    pool.give_back(1)
    pool.worker.expect_grant(2)


@cases.test
def the_queue_is_bounded():
    pool = Pool(pool_idle=1, pool_total=1, pool_queue=2, languages=1).filled()
    pool.lease(1)
    for run in (2, 3, 4):
        pool.ask(run)
    denied = pool.worker.expect_deny(4)
    h.equal(denied.refusal, "busy")
    assert "2 programs wait" in denied.why, denied
    pool.give_back(1)
    pool.worker.expect_grant(2)


@cases.test
def an_ask_that_is_withdrawn_is_not_granted():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    pool.ask(2)
    pool.ask(3)
    pool.worker.send("LEASE_CANCEL", 2)
    pool.worker.send("LEASE_CANCEL", 999)
    pool.give_back(1)
    pool.worker.expect_grant(3)


@cases.test
def who_waits_gets_a_container_made_for_it():
    pool = Pool(pool_idle=1, pool_total=4, languages=1).filled()
    for run in range(4):
        pool.ask(run)
    granted = sorted(pool.worker.expect_grant().run for _ in range(4))
    h.equal(granted, [0, 1, 2, 3])
    h.equal(len(pool.engine.existing()), 4)


# ---- workers --------------------------------------------------------------

@cases.test
def a_worker_that_goes_away_loses_its_containers_and_no_others():
    pool = Pool(pool_total=6).filled()
    other = pool.child.peer("worker", 1)
    pool.ask(1, worker=other)
    other.expect_grant(1)
    lost = pool.engine.names("unpause")[-1]
    _, kept = pool.lease(1)
    other.close()
    pool.engine.wait(lambda: lost in pool.engine.names("delete"))
    pool.child.ping()
    assert not kept.deleted
    pool.give_back(1)
    pool.filled()


@cases.test
def a_worker_that_goes_away_waits_no_more():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    other = pool.child.peer("worker", 1)
    pool.ask(2, worker=other)
    other.expect_nothing(0.05)
    other.close()
    pool.ask(3)
    pool.child.ping()
    pool.give_back(1)
    pool.worker.expect_grant(3)


@cases.test
def a_worker_that_is_started_anew_takes_the_place_of_the_old():
    pool = Pool().filled()
    _, container = pool.lease(1)
    again = pool.child.peer("worker", 0)
    pool.deleted(container)
    pool.worker.expect_closed()
    pool.ask(1, worker=again)
    again.expect_grant(1)


BAD_MESSAGES = [
    ("unknown_language", lambda w: w.send("LEASE_ASK", 1, struct.pack(
        "<HIB", LANGUAGES, 100, 0))),
    ("half_fresh", lambda w: w.send("LEASE_ASK", 1, struct.pack(
        "<HIB", 0, 100, 2))),
    ("short", lambda w: w.send("LEASE_ASK", 1, b"\0\0")),
    ("long", lambda w: w.send("LEASE_ASK", 1, b"\0" * 8)),
    ("not_a_verdict", lambda w: w.send("LEASE_RETURN", 1, b"\xff" +
                                       h.block(""))),
    ("a_verdict_of_the_pool", lambda w: w.send(
        "LEASE_RETURN", 1, struct.pack("<B", h.VERDICT.index("reuse_runs")) +
        h.block(""))),
    ("return_cut", lambda w: w.send("LEASE_RETURN", 1, b"\0\x05\0\0\0a")),
    ("return_trailing", lambda w: w.send("LEASE_RETURN", 1, b"\0" +
                                         h.block("") + b"x")),
    ("not_its_message", lambda w: w.send("DRAIN", 0, b"\0\0\0\0")),
    ("unknown_message", lambda w: w.send_raw(struct.pack(
        "<IHHQ", 0, 9999, 0, 0))),
    ("huge", lambda w: w.send_raw(struct.pack(
        "<IHHQ", 0xffffffff, h.NUMBER["LEASE_ASK"], 0, 0))),
    ("descriptors", lambda w: w.send("LEASE_ASK", 1, struct.pack(
        "<HIB", 0, 100, 0), [0])),
    ("noise", lambda w: w.send_raw(os.urandom(4096))),
]


@cases.each([(name,) for name, _ in BAD_MESSAGES])
def a_malformed_message_loses_only_its_worker(name):
    pool = Pool(languages=LANGUAGES).filled()
    other = pool.child.peer("worker", 1)
    dict(BAD_MESSAGES)[name](other)
    other.expect_closed()
    pool.lease(1)
    assert pool.child.lives()


# ---- containers that end by themselves ------------------------------------

@cases.each([("die",), ("destroy",)])
def an_idle_container_that_dies_leaves_the_pool(action):
    pool = Pool(languages=1).filled()
    gone = pool.engine.existing()[0]
    pool.engine.die(gone, action)
    pool.deleted(gone)
    pool.filled()


@cases.each([("die",), ("destroy",)])
def a_lent_container_that_dies_is_said_to_be_lost(action):
    pool = Pool().filled()
    _, container = pool.lease(5)
    pool.engine.emit(action, container)
    lost = pool.worker.expect("LEASE_LOST", 5)
    assert b"ended or was removed" in lost.body, lost
    pool.deleted(container)
    pool.give_back(5)
    pool.filled()


@cases.test
def an_idle_container_that_someone_unpauses_is_destroyed():
    pool = Pool(languages=1).filled()
    touched = pool.engine.existing()[0]
    pool.engine.emit("unpause", touched)
    pool.deleted(touched)
    pool.filled()


@cases.test
def other_events_change_nothing():
    pool = Pool(prepare=lambda e: setattr(
        e, "honour_filters", False)).filled()
    before = pool.engine.existing()
    for action in ("create", "start", "exec_create: /x", "exec_start: /x",
                   "exec_die", "pause", "rename", "top", "attach"):
        for c in before:
            pool.engine.emit(action, c)
    stranger = fake.Container(999, "somebody-elses", {})
    pool.engine.emit("die", stranger)
    pool.child.ping()
    h.equal(pool.engine.existing("paused"), before)


@cases.test
def events_may_be_cut_anywhere_and_be_nonsense():
    pool = Pool(languages=1).filled()
    for noise in (b"\n", b"nonsense\n", b"{}\n", b"[1]\n", b"\0\xff\n",
                  b'{"Action": 7}\n', b'{"Action": "die", "Actor": 1}\n',
                  b"x" * 300000 + b"\n"):
        pool.engine.emit("", None, raw=noise)
    gone = pool.engine.existing()[0]
    line = (b'{"Action": "die", "Actor": {"Attributes": {"name": "%s"}}}\n'
            % gone.name.encode())
    for i in range(len(line)):
        pool.engine.emit("", None, raw=line[i:i + 1])
    pool.deleted(gone)
    pool.filled()


@cases.each([("byte", fake.docker_part(1, b"x")),
             ("output", fake.docker_part(1, fake.frame(fake.OUT, b"x"))),
             ("stderr", fake.docker_part(2, b"x"))])
def a_byte_on_the_stream_of_an_idle_container_dooms_it(_name, data):
    pool = Pool(languages=1).filled()
    spoke = pool.engine.existing()[0]
    spoke.runner.sock.sendall(data)
    pool.deleted(spoke)
    pool.filled()


@cases.test
def an_end_of_the_stream_of_an_idle_container_dooms_it():
    pool = Pool(languages=1).filled()
    silent = pool.engine.existing()[0]
    silent.runner.sock.shutdown(socket.SHUT_RDWR)
    pool.deleted(silent)
    pool.filled()


# ---- making goes wrong ----------------------------------------------------

@cases.test
def an_image_that_is_missing_is_named_in_the_denial():
    pool = Pool(languages=1, prepare=lambda e: e.misbehave(
        "create", status=404, body={"message": "No such image: x"}))
    pool.engine.wait(lambda: pool.engine.calls["create"] >= 1)
    pool.ask(1, wait_ms=300)
    denied = pool.worker.expect_deny(1)
    h.equal(denied.refusal, "engine")
    for part in ("bash", "safe-code-executor/bash:0123", "HTTP 404",
                 "No such image: x"):
        assert part in denied.why, denied
    pool.engine.behave()
    pool.filled()


@cases.test
def making_is_tried_again_ever_more_slowly():
    pool = Pool(languages=1, pool_idle=1, prepare=lambda e: e.misbehave(
        "create", status=500))
    pool.engine.wait(lambda: pool.engine.calls["create"] >= 4, 8)
    # 200, 400, 800 ms, each up to a round of the janitor later.
    time.sleep(1)
    assert pool.engine.calls["create"] == 4, pool.engine.calls
    assert pool.child.lives()


@cases.test
def a_language_that_cannot_be_made_does_not_hinder_another():
    def prepare(engine):
        do_create = engine._do_create

        def create(c, query, body, connection):
            if b"bash" in body:
                raise fake.Refuse(404, "No such image: bash")
            return do_create(c, query, body, connection)
        engine._do_create = create
    pool = Pool(prepare=prepare)
    pool.engine.wait(lambda: pool.engine.existing("paused", "python"))
    pool.lease(1, PYTHON)
    pool.ask(2, BASH, wait_ms=50)
    h.equal(pool.worker.expect_deny(2).refusal, "engine")


FAULTS = {
    "error": dict(status=500),
    "gone": dict(status=404, body={"message": "gone"}),
    "conflict": dict(status=409),
    "success_of_another_kind": dict(status=200, body={}),
    "nonsense": dict(body=b"\0\xffnonsense"),
    "wrong_types": dict(body={"Id": 7, "Pid": "x", "message": 5}),
    "empty_list": dict(body=[]),
    "no_http": dict(raw=b"\0\1\2\3 this is no HTTP\r\n\r\n"),
    "closed": dict(cut=0),
    "cut": dict(cut=20),
    "silent": dict(silent=True),
    "slow": dict(delay_s=0.1),
}


@cases.each([(step, name) for step in fake.PREWARM_STEPS for name in FAULTS])
def a_step_that_goes_wrong_leaks_nothing(step, name):
    pool = Pool(languages=1, pool_idle=1, docker_timeout_ms=200,
                prepare=lambda e: e.misbehave(step, times=1, **FAULTS[name]))
    pool.filled()
    h.equal(pool.child.process.poll(), None)
    pool.lease(1)
    pool.leaves_nothing()


@cases.each([(step,) for step in fake.PREWARM_STEPS])
def a_drain_in_the_middle_of_a_step_leaves_nothing(step):
    pool = Pool(languages=1, pool_idle=2, docker_timeout_ms=2000,
                prepare=lambda e: e.misbehave(step, delay_s=0.15))
    pool.engine.wait(lambda: pool.engine.calls[step] >= 1)
    pool.leaves_nothing()


HELLO = fake.frame(fake.HELLO, fake.hello_body())
READY = fake.frame(fake.READY)


def framed(data):
    return fake.docker_part(1, data)


GREETINGS = {
    "another_version": framed(fake.frame(
        fake.HELLO, fake.hello_body(fake.VERSION + 1)) + READY),
    "hello_cut": framed(fake.frame(fake.HELLO, b"\2\0") + READY),
    "hello_half_walled": framed(fake.frame(
        fake.HELLO, struct.pack("<IBI", fake.VERSION, 2, 0)) + READY),
    "hello_long": framed(fake.frame(
        fake.HELLO, fake.hello_body() + b"\0") + READY),
    "hello_twice": framed(HELLO + HELLO),
    "ready_first": framed(READY + HELLO),
    "ready_with_a_body": framed(HELLO + fake.frame(fake.READY, b"x")),
    "ready_twice": framed(HELLO + READY + READY),
    "ready_thrice_in_parts": framed(HELLO) + framed(READY) * 3,
    "output": framed(HELLO + fake.frame(fake.OUT, b"x")),
    "output_behind": framed(HELLO + READY + fake.frame(fake.OUT, b"x")),
    "a_part_behind": framed(HELLO + READY + b"\1"),
    "a_header_behind": framed(HELLO + READY) + b"\1\0\0",
    "too_large": framed(struct.pack("<IB", 1 << 30, fake.HELLO)),
    "no_stream": fake.docker_part(7, HELLO + READY),
    "noise": bytes(range(255, 0, -1)) * 20,
    "nothing": b"",
}


@cases.each([(name,) for name in GREETINGS])
def a_runner_that_greets_wrongly_is_destroyed(name):
    def prepare(engine):
        engine.greeting = GREETINGS[name]
    pool = Pool(languages=1, pool_idle=1, docker_timeout_ms=200,
                prepare=prepare)
    pool.engine.wait(lambda: pool.engine.calls["delete"] >= 1,
                     what="the container is deleted")
    pool.engine.greeting = fake.GREETING
    pool.filled()
    h.equal(pool.child.process.poll(), None)
    pool.lease(1)
    pool.leaves_nothing()


@cases.test
def a_runner_that_ends_before_it_greets_is_destroyed():
    def prepare(engine):
        do = engine._do_exec_start

        def exec_start(*args):
            engine._do_exec_start = do
            status, answer, _ = do(*args)
            connection = args[-1]
            return status, answer, lambda: connection.close()
        engine._do_exec_start = exec_start
    pool = Pool(languages=1, pool_idle=1, prepare=prepare).filled()
    pool.leaves_nothing()


@cases.test
def a_greeting_may_come_in_pieces_and_with_words_on_stderr():
    def prepare(engine):
        engine.greeting = b""
    pool = Pool(languages=1, pool_idle=1, docker_timeout_ms=3000,
                prepare=prepare)
    pool.engine.wait(lambda: [c for c in pool.engine.existing()
                              if c.runner is not None])
    runner = pool.engine.existing()[0].runner
    whole = (framed(HELLO[:3]) + fake.docker_part(2, b"warning: x\n") +
             framed(HELLO[3:]) + framed(READY))
    for i in range(len(whole)):
        runner.sock.sendall(whole[i:i + 1])
    pool.filled()


@cases.test
def a_greeting_may_come_with_the_answer():
    def prepare(engine):
        do = engine._do_exec_start

        def exec_start(*args):
            status, answer, after = do(*args)
            engine.greeting = b""
            return status, answer + fake.GREETING, after
        engine._do_exec_start = exec_start
    Pool(languages=1, prepare=prepare).filled()


@cases.test
def a_runner_that_ended_before_the_pause_is_not_lent():
    def prepare(engine):
        engine.misbehave("pause", delay_s=0.1, times=1)
        do = engine._do_pause

        def pause(c, *args):
            engine._do_pause = do
            engine._close_runner(c)
            return do(c, *args)
        engine._do_pause = pause
    pool = Pool(languages=1, pool_idle=1, pool_total=1, prepare=prepare)
    pool.engine.wait(lambda: pool.engine.calls["create"] >= 1)
    pool.ask(1, wait_ms=4000)
    grant = pool.worker.expect_grant(1)
    assert b"hello" in words_of(grant)


# ---- removing goes wrong --------------------------------------------------

@cases.each([(name,) for name in ("error", "closed", "silent", "nonsense",
                                  "no_http")])
def a_container_that_could_not_be_removed_is_swept_later(name):
    pool = Pool(languages=1, docker_timeout_ms=200).filled()
    _, container = pool.lease(1)
    pool.engine.misbehave("delete", refuse=True, **{
        k: v for k, v in FAULTS[name].items() if k != "status"})
    pool.give_back(1)
    h.until(lambda: "left to the sweep" in pool.child.said())
    pool.engine.behave("delete")
    pool.engine.wait(lambda: len(pool.engine.existing("paused")) == 2)
    # The sweep follows each new stream of events.
    pool.engine.close_streams_of_events()
    pool.deleted(container)
    pool.filled()


# ---- the engine goes away -------------------------------------------------

@cases.test
def asks_are_denied_at_once_while_the_engine_is_gone():
    pool = Pool(engine_first=False)
    pool.child.ping()
    pool.ask(1, wait_ms=5000)
    began = time.monotonic()
    denied = pool.worker.expect_deny(1)
    assert time.monotonic() - began < 1
    h.equal(denied.refusal, "engine")
    assert "Docker engine does not answer" in denied.why, denied
    assert "connect" in denied.why.lower(), denied
    pool.engine.start()
    pool.filled()
    pool.lease(2)


@cases.test
def everything_is_given_up_when_the_engine_goes_and_made_anew_after():
    pool = Pool().filled()
    pool.lease(1)
    pool.engine.stop()
    m = pool.worker.expect("LEASE_LOST", 1)
    assert m.body, m
    pool.ask(2)
    h.equal(pool.worker.expect_deny(2).refusal, "engine")
    pool.give_back(1, "broken")
    before = list(pool.engine.existing())
    pool.engine.start()
    for c in before:
        pool.deleted(c)
    pool.filled()
    pool.lease(3)
    pool.give_back(3)
    pool.leaves_nothing()


@cases.test
def who_waits_is_denied_when_the_engine_goes():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    pool.ask(2, wait_ms=10000)
    pool.ask(3, wait_ms=10000)
    pool.child.ping()
    pool.engine.stop()
    said = sorted(pool.worker.receive().name for _ in range(3))
    h.equal(said, ["LEASE_DENY", "LEASE_DENY", "LEASE_LOST"])


@cases.test
def the_engine_may_go_and_come_many_times():
    pool = Pool(languages=1, pool_idle=1)
    for _ in range(5):
        pool.filled()
        lists = pool.engine.calls["list"]
        pool.engine.stop()
        pool.engine.start()
        pool.engine.wait(lambda: pool.engine.calls["list"] > lists)
    pool.filled()
    pool.leaves_nothing()


@cases.each([("error",), ("no_http",), ("closed",), ("cut",)])
def a_stream_of_events_that_cannot_be_had_is_asked_for_again(name):
    pool = Pool(languages=1, prepare=lambda e: e.misbehave(
        "events", times=2, **FAULTS[name]))
    pool.filled()


@cases.test
def a_stream_of_events_that_begins_late_is_waited_for():
    # An engine that has just been started answers when it is ready.
    Pool(languages=1, docker_timeout_ms=1000, prepare=lambda e:
         e.misbehave("events", times=1, delay_s=0.6)).filled()


@cases.test
def a_stream_of_events_that_never_begins_is_asked_for_again():
    Pool(languages=1, docker_timeout_ms=200, prepare=lambda e:
         e.misbehave("events", times=1, silent=True)).filled()


@cases.each([(name,) for name in FAULTS])
def what_it_says_of_itself_does_not_matter(name):
    def prepare(engine):
        engine.misbehave("version", **FAULTS[name])
        engine.misbehave("info", **FAULTS[name])
    Pool(languages=1, pool_idle=1, docker_timeout_ms=200,
         prepare=prepare).filled()


@cases.each([(name,) for name in FAULTS])
def a_list_that_goes_wrong_does_not_stop_the_pool(name):
    pool = Pool(languages=1, pool_idle=1, docker_timeout_ms=200, prepare=lambda
                e: e.misbehave("list", times=1, **FAULTS[name])).filled()
    pool.leaves_nothing()


# ---- leftovers ------------------------------------------------------------

def boot_id():
    with open("/proc/sys/kernel/random/boot_id") as f:
        return f.read().strip()


def start_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        return int(f.read().rpartition(")")[2].split()[19])


def owner(pid, start=None, boot=None, namespace=None):
    return "%s/%d/%d/%d" % (
        boot or boot_id(), namespace or os.stat("/proc/self/ns/pid").st_ino,
        pid, start_of(pid) if start is None else start)


def living_process():
    process = subprocess.Popen(["/bin/sleep", "60"])
    h.at_end(lambda: (process.kill(), process.wait()))
    return process.pid


@cases.test
def leftovers_of_the_dead_are_removed_and_those_of_others_are_not():
    alive = living_process()
    left, kept = [], []

    def prepare(engine):
        def add(to, name, label):
            labels = {} if label is None else {LABEL_OWNER: label}
            to.append(engine.add(name, labels))
        engine.honour_filters = False
        add(left, "own", owner(os.getpid()))
        add(left, "dead", owner(0x3ffff0, 5))
        add(left, "its-pid-is-anothers-now", owner(alive, 5))
        add(left, "before-the-boot", owner(alive, boot="another-boot"))
        add(kept, "alive", owner(alive))
        add(kept, "of-another-pid-namespace", owner(0x3ffff0, 5,
                                                    namespace=7))
        add(kept, "not-ours", None)
        add(kept, "odd-label", "nonsense")
        add(kept, "odd-label-2", "a/b/c/d")
    pool = Pool(languages=1, prepare=prepare)
    for c in left:
        pool.deleted(c)
    pool.engine.wait(lambda: len(pool.engine.existing("paused", "bash")) == 2)
    pool.child.ping()
    h.equal([c.name for c in kept if c.deleted], [])
    pool.drain()
    pool.drained()
    h.equal(pool.engine.existing(), kept)


@cases.test
def a_list_of_odd_things_is_survived():
    pool = Pool(languages=1, prepare=lambda e: e.misbehave(
        "list", body=[7, None, "x", [], {}, {"Id": 5}, {"Id": "a"},
                      {"Id": "a", "Labels": 3}, {"Id": "a", "Labels": {
                          LABEL_OWNER: 3}, "Names": 4}]))
    pool.filled()


@cases.test
def a_sweep_does_not_touch_what_the_pool_has():
    pool = Pool().filled()
    pool.lease(1)
    before = pool.engine.existing()
    lists = pool.engine.calls["list"]
    assert lists >= 1, "no sweep was made at the start"
    h.equal(pool.engine.existing(), before)


# ---- the end --------------------------------------------------------------

@cases.test
def a_drain_without_grace_destroys_everything():
    pool = Pool().filled()
    _, container = pool.lease(1)
    pool.drain(0)
    pool.drained()
    assert container.deleted
    h.equal(pool.engine.existing(), [])


@cases.test
def a_drain_with_grace_lets_what_is_lent_be_returned():
    pool = Pool(languages=1).filled()
    _, container = pool.lease(1)
    pool.drain(5000)
    pool.engine.wait(lambda: pool.engine.existing() == [container])
    pool.ask(2)
    h.equal(pool.worker.expect_deny(2).refusal, "draining")
    assert not container.deleted
    pool.give_back(1)
    pool.drained()
    h.equal(pool.engine.existing(), [])


@cases.test
def a_second_drain_does_it_at_once():
    pool = Pool(languages=1).filled()
    _, container = pool.lease(1)
    pool.drain(5000)
    pool.engine.wait(lambda: pool.engine.existing() == [container])
    pool.drain(0)
    pool.drained()
    h.equal(pool.engine.existing(), [])


@cases.test
def a_drain_denies_who_waits():
    pool = Pool(pool_idle=1, pool_total=1, languages=1).filled()
    pool.lease(1)
    pool.ask(2)
    pool.drain(1000)
    denied = pool.worker.expect_deny(2)
    h.equal(denied.refusal, "draining")
    assert "stopping" in denied.why, denied


@cases.test
def a_drain_ends_without_an_engine():
    pool = Pool(engine_first=False)
    pool.drain(0)
    pool.drained()


@cases.test
def a_drain_ends_with_an_engine_that_says_nothing():
    pool = Pool(languages=1, docker_timeout_ms=200).filled()
    pool.engine.misbehave("delete", silent=True)
    pool.drain(0)
    pool.drained()


@cases.test
def the_pool_ends_when_its_supervisor_does():
    pool = Pool().filled()
    pool.lease(1)
    pool.child.control.close()
    h.equal(pool.child.ended(1.0), 0)


# ---- what it tells --------------------------------------------------------

@cases.test
def stats_count_what_is_there():
    pool = Pool(pool_idle=1, pool_total=1).filled()
    pool.lease(1)
    pool.ask(2, wait_ms=60000)
    pool.child.ping()
    stats = pool.stats()
    h.equal(stats["docker"]["state"], "up")
    h.equal(stats["docker"]["version"], "20.10.24-fake")
    h.equal(stats["engine"], {
        "version": "20.10.24-fake", "api_version": "1.41",
        "kernel": "6.1.0-fake", "components": [
            {"name": "runc", "version": "1.1.5+ds1",
             "build": "1.1.5+ds1-1+deb12u1"},
            {"name": "containerd", "version": "1.6.20~ds1", "build": None}],
        "system": "Fake", "cgroup_version": "2", "cgroup_driver": "systemd",
        "default_runtime": "runc",
        "security_options": ["name=seccomp,profile=default"]})
    bash = stats["languages"]["bash"]
    h.equal((bash["idle"], bash["leased"], bash["waiting"]), (0, 1, 1))
    h.equal(stats["languages"]["python"]["idle"], 1)
    h.equal((stats["created"], stats["granted"]), (2, 1))
    h.equal(stats["pid"], pool.child.process.pid)
    h.equal(stats["queue"], {"waiting": 1, "max": 512})


# ---- with cgroup files ----------------------------------------------------

class Sleeper:
    """A frozen process in a cgroup of its own, as in a paused container."""

    def __init__(self):
        self.name = "sce-test-%d" % os.getpid()
        for base in ("/sys/fs/cgroup/freezer", "/sys/fs/cgroup"):
            self.dir = "%s/%s" % (base, self.name)
            try:
                os.mkdir(self.dir)
            except OSError:
                continue
            if os.path.exists(self.dir + "/cgroup.procs"):
                break
            os.rmdir(self.dir)
        else:
            raise h.Skip("no cgroup can be made here")
        h.at_end(lambda: os.rmdir(self.dir))
        self.pid = living_process()
        self.write("cgroup.procs", self.pid)
        h.at_end(lambda: self.freeze(False))
        self.freeze(True)

    def write(self, name, value):
        with open(self.dir + "/" + name, "w") as f:
            f.write(str(value))

    def freeze(self, frozen):
        """As the engine's pause, and later a worker, leaves it; or not."""
        if os.path.exists(self.dir + "/freezer.state"):
            self.write("freezer.state", "FROZEN" if frozen else "THAWED")
            return
        self.write("cgroup.freeze", int(frozen))
        h.until(lambda: "frozen %d" % frozen in
                open(self.dir + "/cgroup.events").read())


@cases.test
def a_container_that_was_not_used_is_lent_again():
    sleeper = Sleeper()

    def prepare(engine):
        engine.pid = sleeper.pid
        engine.cgroup = sleeper.name
    pool = Pool(languages=1, pool_idle=1, pool_total=1,
                prepare=prepare).filled()
    pool.ask(1)
    grant = pool.worker.expect_grant(1)
    assert grant.mask & 1 and not grant.thawed, grant
    h.equal(grant.pid, sleeper.pid)
    h.equal(pool.engine.names("unpause"), [])
    pool.give_back(1, "unused")
    pool.ask(2)
    again = pool.worker.expect_grant(2)
    h.equal(again.container, grant.container)
    pool.give_back(2, "no_wall")
    pool.ask(3)
    assert pool.worker.expect_grant(3).container != grant.container


@cases.test
def a_runner_that_is_not_in_the_containers_cgroup_is_not_what_is_frozen():
    """As with gVisor: its process is a helper in the engine's own cgroup."""
    sleeper = Sleeper()

    def prepare(engine):
        engine.pid = living_process()
        engine.first_pid = sleeper.pid
        engine.cgroup = sleeper.name
    pool = Pool(languages=1, pool_idle=1, prepare=prepare)
    h.until(lambda: pool.bash("idle") == (1,), what=pool.stats)
    pool.ask(1)
    assert pool.worker.expect_grant(1).mask & 1
    h.equal((pool.engine.calls["inspect"], pool.engine.calls["pause"]),
            (1, 0))


@cases.test
def a_container_whose_cgroup_is_not_found_is_lent_all_the_same():
    def prepare(engine):
        engine.pid = engine.first_pid = living_process()
    pool = Pool(languages=1, pool_idle=1, prepare=prepare).filled()
    pool.ask(1)
    grant = pool.worker.expect_grant(1)
    h.equal(grant.mask & 1, 0)


# ---- recycling ------------------------------------------------------------

class Walled(Pool):
    """Its containers can be frozen, and their runners build inner walls."""

    def __init__(self, walled=True, **settings):
        self.sleeper = Sleeper()

        def prepare(engine):
            engine.pid = self.sleeper.pid
            engine.cgroup = self.sleeper.name
            engine.walled = walled
        # One after the other, so that the engine counts them as the pool does.
        super().__init__(prepare=prepare, **dict(
            {"languages": 1, "pool_idle": 1, "pool_total": 1,
             "pool_parallel": 1}, **settings))

    def lend(self, run, fresh=0, **how):
        self.ask(run, fresh=fresh, **how)
        return self.worker.expect_grant(run)

    def use(self, run, verdict="clean", **how):
        """Lends one and takes it back."""
        grant = self.lend(run, **how)
        self.give_back(run, verdict)
        return grant

    def runner_of(self, number):
        """Of the container that the pool calls so; it counts from 0."""
        return self.engine.containers[number].runner

    def use_all(self):
        """Three containers are idle, and none of them is fresh."""
        self.lend(901)
        h.until(lambda: self.bash("idle") == (1,))
        self.lend(902)
        h.until(lambda: self.bash("idle") == (1,))
        self.give_back(901, "clean")
        self.give_back(902, "clean")
        self.use(903, fresh=1)
        h.until(lambda: self.bash("idle", "idle_fresh", "creating") ==
                (3, 0, 0), what=self.stats)

    def calls(self):
        """Of the engine; a sweep may come at any time."""
        return {step: n for step, n in self.engine.calls.items()
                if step != "list"}


@cases.test
def a_clean_container_is_lent_again_without_a_call_to_docker():
    pool = Walled().filled()
    first = pool.lend(1)
    h.equal((first.walled, first.used, first.thawed), (1, 0, 0))
    before = pool.calls()
    for run in range(1, 50):
        pool.give_back(run, "clean")
        again = pool.lend(run + 1)
        h.equal((again.container, again.used), (first.container, 1))
    pool.child.ping()
    h.equal(pool.calls(), before)
    h.equal(pool.bash("recycled", "most_runs", "used_once"), (49, 49, None))
    h.equal(pool.destroyed(), {})
    pool.give_back(50, "clean")
    pool.leaves_nothing()


@cases.test
def a_clean_container_really_runs_the_next_program():
    pool = Walled().filled()
    last = fake.docker_part(1, fake.frame(fake.READY))
    for run in range(3):
        grant = pool.lend(run)
        stream = socket.socket(fileno=os.dup(grant.fds[0]))
        stream.settimeout(2)
        stream.sendall(fake.frame(fake.RUN, fake.run_body("echo hello")))
        got = b""
        while not got.endswith(last):
            got += stream.recv(4096)
        stream.close()
        assert b"hello" in got
        pool.give_back(run, "clean")
    h.equal(len(pool.runner_of(0).runs), 3)


@cases.test
def whoever_waits_gets_the_container_that_comes_back():
    pool = Walled().filled()
    first = pool.lend(1)
    pool.ask(2)
    pool.worker.expect_nothing(0.02)
    pool.give_back(1, "clean")
    h.equal(pool.worker.expect_grant(2).container, first.container)


@cases.test
def used_containers_are_lent_before_fresh_ones():
    pool = Walled(pool_idle=3, pool_total=3).filled()
    grants = [pool.lend(run) for run in (1, 2)]
    pool.give_back(1, "clean")
    pool.give_back(2, "clean")
    for run in (3, 4):
        h.equal(pool.lend(run).container, grants[4 - run].container)
    h.equal(pool.lend(5).used, 0)


@cases.test
def a_container_is_destroyed_after_so_many_runs():
    pool = Walled(reuse_runs=3).filled()
    containers = [pool.use(run).container for run in range(7)]
    h.equal([c - containers[0] for c in containers], [0, 0, 0, 1, 1, 1, 2])
    h.equal(pool.destroyed(), {"reuse_runs": 2})
    h.equal(pool.bash("most_runs"), (3,))


@cases.test
def a_container_that_comes_back_too_old_is_destroyed():
    pool = Walled(reuse_age_s=1).filled()
    pool.lend(1)
    time.sleep(1.1)
    pool.give_back(1, "clean")
    h.until(lambda: pool.destroyed() == {"reuse_age": 1})
    pool.filled()
    pool.leaves_nothing()


@cases.test
def an_idle_container_that_was_used_ages_and_a_fresh_one_does_not():
    pool = Walled(pool_idle=2, pool_total=2, reuse_age_s=1).filled()
    used = pool.use(1)
    gone = pool.engine.containers[used.container]
    pool.deleted(gone)
    pool.filled()
    h.equal(pool.destroyed(), {"reuse_age": 1})
    time.sleep(1.2)
    h.equal(pool.destroyed(), {"reuse_age": 1})


@cases.test
def more_idle_ones_than_wanted_stay_until_they_are_old():
    pool = Walled(pool_idle=1, pool_total=4, reuse_age_s=1)
    pool.filled()
    for run in range(3):
        pool.lend(run)
    for run in range(3):
        pool.give_back(run, "clean")
    h.until(lambda: pool.bash("idle") >= (3,))
    h.until(lambda: pool.bash("idle", "creating", "destroying") == (1, 0, 0),
            what=pool.stats)


@cases.each([("not_ready",), ("broken",), ("timeout",), ("lost",),
             ("not_frozen",), ("not_restored",), ("cancelled",)])
def what_is_not_clean_is_destroyed_by_its_name(verdict):
    pool = Walled().filled()
    grant = pool.use(1, verdict)
    pool.deleted(pool.engine.containers[grant.container])
    h.equal(pool.destroyed(), {verdict: 1})
    h.equal(pool.bash("recycled"), (0,))
    pool.filled()


@cases.test
def a_container_without_an_inner_wall_cannot_be_clean():
    pool = Walled(walled=False).filled()
    grant = pool.use(1)
    h.equal(grant.walled, 0)
    pool.deleted(pool.engine.containers[grant.container])
    h.equal(pool.destroyed(), {"broken": 1})


@cases.test
def where_reuse_is_off_none_can_be_clean():
    pool = Walled(reuse="never").filled()
    pool.deleted(pool.engine.containers[pool.use(1).container])
    h.equal(pool.destroyed(), {"broken": 1})
    stats = pool.stats()
    h.equal(stats["reuse"], "never")
    assert "reuse" in stats["languages"]["bash"]["used_once"], stats


@cases.test
def what_is_not_frozen_is_not_clean_whatever_a_worker_says():
    pool = Walled().filled()
    pool.lend(1)
    pool.sleeper.freeze(False)
    pool.give_back(1, "clean")
    h.until(lambda: pool.destroyed() == {"not_frozen": 1}, what=pool.stats)


@cases.test
def without_walls_docker_masks_what_the_runner_does_not():
    pool = Walled(walled=False, pool_idle=1, pool_total=4).filled()
    pool.use(1, "no_wall")
    pool.lend(2)
    hosts = [c.spec["HostConfig"] for c in pool.engine.containers]
    assert hosts[0]["MaskedPaths"] == hosts[0]["ReadonlyPaths"] == []
    assert "MaskedPaths" not in hosts[-1] and "ReadonlyPaths" not in hosts[-1]


@cases.test
def a_container_whose_cgroup_is_not_reached_cannot_be_clean():
    pool = Pool(languages=1, prepare=lambda e: setattr(
        e, "walled", True)).filled()
    _, container = pool.lease(1)
    pool.give_back(1, "clean")
    pool.deleted(container)
    h.equal(pool.destroyed(), {"broken": 1})
    h.equal(pool.bash("walled", "used_once"),
            (True, "their cgroups cannot be reached"))
    assert "cgroup cannot be reached" in pool.child.said()


@cases.each([("a_word", fake.docker_part(1, fake.frame(fake.OUT, b"x"))),
             ("a_byte", b"\1"), ("an_end", None)])
def what_is_on_the_stream_of_a_clean_one_is_seen(_name, data):
    pool = Walled().filled()
    grant = pool.lend(1)
    pool.ask(2)
    pool.child.ping()
    sock = pool.runner_of(grant.container).sock
    if data is None:
        sock.shutdown(socket.SHUT_RDWR)
    else:
        sock.sendall(data)
    pool.give_back(1, "clean")
    assert pool.worker.expect_grant(2).container != grant.container
    h.equal(pool.destroyed(), {"broken": 1})


@cases.test
def a_byte_on_the_stream_of_a_used_idle_one_dooms_it():
    pool = Walled().filled()
    grant = pool.use(1)
    h.until(lambda: pool.bash("recycled") == (1,))
    pool.runner_of(grant.container).sock.sendall(b"x")
    pool.deleted(pool.engine.containers[grant.container])
    pool.filled()


@cases.test
def a_return_unused_does_not_count_as_a_run():
    pool = Walled(reuse_runs=2).filled()
    first = pool.use(1, "unused")
    for run in (2, 3):
        grant = pool.use(run)
        h.equal((grant.container, grant.used), (first.container, run == 3))
    h.equal(pool.bash("recycled", "most_runs"), (1, 2))
    h.equal(pool.destroyed(), {"reuse_runs": 1})


@cases.test
def a_second_return_is_passed_over():
    pool = Walled().filled()
    pool.use(1)
    pool.give_back(1, "broken")
    pool.child.ping()
    h.equal(pool.destroyed(), {})
    pool.lend(2)
    pool.give_back(1, "broken")
    pool.child.ping()
    h.equal(pool.destroyed(), {})


@cases.test
def a_worker_that_goes_away_does_not_take_what_it_gave_back():
    pool = Walled(pool_idle=2, pool_total=2).filled()
    other = pool.child.peer("worker", 1)
    kept, lost = [], []
    for run, to in ((1, kept), (2, lost)):
        pool.ask(run, worker=other)
        to.append(other.expect_grant(run).container)
    pool.give_back(1, "clean", worker=other)
    h.until(lambda: pool.bash("recycled") == (1,))
    other.close()
    pool.deleted(pool.engine.containers[lost[0]])
    h.equal(pool.destroyed(), {"worker_died": 1})
    h.equal(pool.lend(3).container, kept[0])


@cases.test
def a_drain_destroys_what_was_used_and_what_comes_back_clean():
    pool = Walled(pool_idle=2, pool_total=2).filled()
    pool.use(1)
    h.until(lambda: pool.bash("recycled") == (1,))
    pool.lend(2)
    pool.lend(3)
    pool.give_back(3, "clean")
    h.until(lambda: pool.bash("recycled") == (2,))
    pool.drain(5000)
    pool.engine.wait(lambda: len(pool.engine.existing()) == 1)
    pool.give_back(2, "clean")
    pool.drained()
    h.equal(pool.engine.existing(), [])


@cases.test
def an_engine_that_goes_takes_the_used_ones_along():
    pool = Walled().filled()
    pool.use(1)
    h.until(lambda: pool.bash("recycled") == (1,))
    pool.engine.stop()
    h.until(lambda: pool.destroyed().get("container_died") == 1)
    pool.engine.start()
    pool.filled()
    h.equal(pool.lend(2).used, 0)


# ---- the inner wall -------------------------------------------------------

def wall_of(body):
    language, walled, n = struct.unpack("<HBI", body[:7])
    h.equal(len(body), 7 + n)
    return language, walled, body[7:].decode()


@cases.test
def a_missing_wall_is_told_once_for_each_language():
    pool = Pool(pool_idle=3).filled()
    for name in ("bash", "python"):
        line = "language=%s every container is used once: no wall" % name
        h.equal(pool.child.said().count(line), 1)
        of_one = pool.stats()["languages"][name]
        h.equal((of_one["walled"], of_one["wall_problem"],
                 of_one["used_once"]),
                (False, "no wall", "there is no inner wall"))
    h.equal(sorted(wall_of(body) for body in pool.walls),
            [(BASH, 0, "no wall"), (PYTHON, 0, "no wall")])


@cases.test
def a_wall_that_stands_is_told_too():
    pool = Walled().filled()
    h.equal(pool.bash("walled", "wall_problem", "used_once"),
            (True, None, None))
    h.equal([wall_of(body) for body in pool.walls], [(BASH, 1, "")])
    assert "used once" not in pool.child.said()


@cases.test
def a_web_that_comes_later_is_told_of_the_walls():
    pool = Pool().filled()
    web = pool.child.peer("web")
    h.equal(sorted(wall_of(web.expect("WALL").body) for _ in range(2)),
            [(BASH, 0, "no wall"), (PYTHON, 0, "no wall")])


@cases.test
def before_the_first_container_nothing_is_known_of_the_wall():
    pool = Pool(engine_first=False, languages=1)
    h.equal(pool.bash("walled", "wall_problem"), (None, None))
    h.equal(pool.walls, [])


@cases.test
def a_reason_of_odd_bytes_harms_nobody():
    def prepare(engine):
        engine.greeting = framed(fake.frame(fake.HELLO, struct.pack(
            "<IBI", fake.VERSION, 0, 7) + b"\xff\n\x1b[1m\xc3") + READY)
    pool = Pool(languages=1, prepare=prepare).filled()
    h.equal(pool.bash("wall_problem"), ("???[1m?",))


# ---- fresh ones -----------------------------------------------------------

@cases.test
def a_fresh_ask_gets_a_container_that_never_ran():
    pool = Walled(pool_idle=2, pool_total=4).filled()
    used = pool.use(1)
    h.until(lambda: pool.bash("recycled") == (1,))
    fresh = pool.lend(2, fresh=1)
    h.equal(fresh.used, 0)
    assert fresh.container != used.container
    h.equal(pool.lend(3).container, used.container)


@cases.test
def a_fresh_ask_waits_for_one_to_be_made_although_others_are_idle():
    pool = Walled(pool_idle=1, pool_total=4).filled()
    pool.use_all()
    fresh = pool.lend(2, fresh=1)
    h.equal((fresh.used, fresh.container), (0, 3))
    h.equal(pool.destroyed(), {})


@cases.test
def a_fresh_ask_makes_itself_room():
    pool = Walled().filled()
    used = pool.use(1)
    h.until(lambda: pool.bash("recycled") == (1,))
    fresh = pool.lend(2, fresh=1)
    h.equal((fresh.used, fresh.container != used.container), (0, True))
    h.equal(pool.destroyed(), {"made_room": 1})


@cases.test
def who_makes_room_is_who_was_used_longest_ago():
    pool = Walled(pool_idle=2, pool_total=2).filled()
    old, new = pool.lend(1), pool.lend(2)
    pool.give_back(1, "clean")
    pool.give_back(2, "clean")
    h.until(lambda: pool.bash("recycled") == (2,))
    h.equal(pool.lend(3, fresh=1).used, 0)
    h.equal(pool.lend(4).container, new.container)
    assert pool.engine.containers[old.container].deleted


@cases.test
def a_fresh_ask_does_not_block_those_behind_it():
    pool = Walled(pool_queue=10).filled()
    first = pool.lend(1)
    pool.ask(2)
    pool.ask(3, fresh=1)
    pool.ask(4)
    pool.give_back(1, "clean")
    h.equal(pool.worker.expect_grant(2).container, first.container)
    # Now it is the turn of 3, and there is no room for a fresh one.
    pool.give_back(2, "clean")
    fresh = pool.worker.expect_grant(3)
    assert fresh.container != first.container
    h.equal((fresh.used, pool.destroyed()), (0, {"made_room": 1}))
    pool.give_back(3, "clean")
    h.equal(pool.worker.expect_grant(4).container, fresh.container)


@cases.test
def who_comes_behind_a_fresh_ask_takes_the_used_one_that_is_there():
    pool = Walled(pool_idle=1, pool_total=4).filled()
    pool.use_all()
    pool.engine.misbehave("start", delay_s=0.3)
    pool.ask(2, fresh=1)
    pool.ask(3)
    h.equal(pool.worker.expect_grant(3).used, 1)
    h.equal(pool.worker.expect_grant(2).used, 0)


@cases.test
def a_fresh_ask_is_denied_at_its_deadline_with_the_reason():
    pool = Walled().filled()
    pool.lend(1)
    pool.ask(2, fresh=1, wait_ms=50)
    denied = pool.worker.expect_deny(2)
    h.equal(denied.refusal, "busy")
    assert "no fresh bash container" in denied.why, denied


@cases.test
def a_fresh_ask_that_is_withdrawn_makes_no_room():
    pool = Walled().filled()
    pool.lend(1)
    pool.ask(2, fresh=1)
    pool.worker.send("LEASE_CANCEL", 2)
    pool.give_back(1, "clean")
    pool.child.ping()
    h.equal(pool.lend(3).used, 1)
    h.equal(pool.destroyed(), {})


@cases.test
def while_none_can_be_made_no_room_is_made():
    pool = Walled(pool_total=2).filled()
    first = pool.lend(1)
    h.until(lambda: pool.bash("idle") == (1,))
    pool.engine.misbehave("create", status=500)
    pool.use(2, "broken")
    h.until(lambda: pool.bash("problem") != (None,))
    pool.ask(3, fresh=1, wait_ms=400)
    pool.give_back(1, "clean")
    denied = pool.worker.expect_deny(3)
    assert "HTTP 500" in denied.why, denied
    h.equal(pool.lend(4).container, first.container)
    h.equal(pool.destroyed().get("made_room"), None)


@cases.test
def many_who_want_a_fresh_one_are_all_served():
    pool = Walled(pool_idle=2, pool_total=3).filled()
    for run in range(1, 13):
        pool.ask(run, fresh=run % 3 == 0, wait_ms=10000)
    seen = set()
    for _ in range(12):
        grant = pool.worker.expect_grant()
        if grant.run % 3 == 0:
            h.equal(grant.used, 0)
            assert grant.container not in seen
        seen.add(grant.container)
        pool.give_back(grant.run, "clean")
    assert len(pool.engine.existing()) <= 3
    pool.leaves_nothing()


if __name__ == "__main__":
    sys.exit(h.main(cases, __doc__))
