"""The beginning and the end of a service, and two side by side."""

import os
import signal
import socket
import subprocess
import time

from cases import between, case, check, equal, eventually, has

SLEEP = "import time\nprint('begun')\ntime.sleep(%g)\nprint('done')"


# ---- the end ----------------------------------------------------------------

@case
def sigterm(world):
    service = world.service("term", pool_idle=2, drain_ms=2500).start()
    client = service.client
    service.wait_rest()
    short = client.start(SLEEP % 1.2)
    long = client.start(SLEEP % 60)
    service.wait_leased(2)
    idle = client.open()
    service.remember()
    service.signal(signal.SIGTERM)
    signalled = time.monotonic()
    time.sleep(0.2)
    try:
        answer = client.post({"code": "print(1)"}, timeout=3)
        answer.fault(503, "stopping")
    except OSError:
        pass                        # no longer accepted: as good
    got = short.get(5).json()
    equal((got["status"], got["stdout"]), ("ok", "begun\ndone\n"),
          "a program that ends within drain_ms")
    long.get(5).fault(503, "stopping")
    equal(service.wait_end(6), 0, "exit code")
    check(time.monotonic() - signalled < 5, "it took %.1f s"
          % (time.monotonic() - signalled))
    service.check_gone()
    idle.close()
    has("stopped", service.log().splitlines()[-1], "last line of the log")


@case
def ctrl_c(world):
    """The terminal sends it to every process at once."""
    ends_by_a_signal_to_all(world, signal.SIGINT)


@case
def sigterm_to_all(world):
    """As systemd and `kill -- -group` do."""
    ends_by_a_signal_to_all(world, signal.SIGTERM)


def ends_by_a_signal_to_all(world, number):
    service = world.service("all%d" % number, pool_idle=2).start()
    running = service.client.start(SLEEP % 1)
    service.wait_leased()
    service.remember()
    os.killpg(service.process.pid, number)
    signalled = time.monotonic()
    got = running.get(5).json()
    equal(got["stdout"], "begun\ndone\n", "the program under way")
    equal(service.wait_end(6), 0, "exit code")
    check(time.monotonic() - signalled < 5, "it took too long")
    service.check_gone()
    check("died" not in service.log(), "a process died of it")


@case
def second_signal(world):
    service = world.service("twice", languages="python", pool_idle=2,
                            drain_ms=60000).start()
    running = service.client.start(SLEEP % 55)
    service.wait_leased()
    service.remember()
    service.signal(signal.SIGTERM)
    time.sleep(0.5)
    check(service.process.poll() is None and not running.is_over(),
          "it did not wait")
    service.signal(signal.SIGTERM)
    signalled = time.monotonic()
    running.get(3).fault(503, "stopping")
    equal(service.wait_end(4), 0, "exit code")
    check(time.monotonic() - signalled < 3, "it took too long")
    service.check_gone()


@case
def ends_while_it_starts(world):
    for delay in (0.02, 0.15, 0.4):
        service = world.service("early%d" % (delay * 100), pool_idle=3)
        service.start(wait=False)
        time.sleep(delay)
        service.remember()
        service.signal(signal.SIGTERM)
        code = service.wait_end(5)
        check(code in (0, -signal.SIGTERM), "exit code", code)
        service.check_gone()


@case
def ends_while_a_crowd_waits(world):
    service = world.service("crowdend", languages="python", pool_idle=2,
                            pool_total=2, drain_ms=800).start()
    requests = [service.client.start(SLEEP % 5) for _ in range(40)]
    service.wait_leased(2)
    service.remember()
    service.signal(signal.SIGTERM)
    for request in requests:
        answer = request.get(5)
        answer.fault(503, "stopping")
    equal(service.wait_end(5), 0, "exit code")
    service.check_gone()


@case
def supervisor_is_killed(world):
    service = world.service("killed", languages="python", pool_idle=3,
                            workers=2).start()
    running = service.client.start(SLEEP % 60)
    service.wait_leased()
    service.remember()
    equal(len(service.seen), 5, "processes")
    old = service.container_ids()
    service.process.kill()
    service.process.wait()
    service.check_no_process(1)
    running.end(2)
    check(running.error is not None, "expected a closed connection",
          running.answer)
    # With no process left its containers are left, and labelled.
    check(old & service.container_ids(), "containers have gone by themselves")
    again = world.service("killed-again", languages="python", pool_idle=1,
                          instance=service.instance)
    with again:
        eventually(lambda: not old & again.container_ids(), 8,
                   "the next start removes them")
        again.wait_rest()
    service.check_no_container()


@case
def another_instance_removes_them_too(world):
    """Containers without a living owner are anybody's to remove."""
    service = world.service("orphan", languages="bash", pool_idle=2).start()
    service.remember()
    service.process.kill()
    service.process.wait()
    service.check_no_process(1)
    equal(len(service.containers()), 2, "containers that are left")
    with world.service("heir", languages="bash", pool_idle=1):
        eventually(lambda: not service.containers(), 8,
                   "another service removes them")


# ---- two at a time ----------------------------------------------------------

@case(deadline=40)
def two_services(world):
    one = world.service("one", languages="python,bash", pool_idle=2).start()
    two = world.service("two", languages="python,bash", pool_idle=2)
    one.wait_rest()
    ours = one.container_ids()
    two.start()                     # its sweep spares the other's
    two.wait_rest()
    equal(one.container_ids(), ours, "containers after another's start")
    waiting = [(s, i, s.client.start("print('%s', %d)" % (s.instance, i)))
               for i in range(10) for s in (one, two)]
    for service, i, request in waiting:
        equal(request.get(15).json()["output"],
              "%s %d" % (service.instance, i), "answer")
    one.wait_rest()
    ours = one.container_ids()
    long = one.client.start(SLEEP % 2.5)
    one.wait_leased()
    os.kill(two.pid_of("pool"), signal.SIGKILL)
    two.wait_rest()
    two.process.send_signal(signal.SIGTERM)
    two.wait_end(6)
    two.check_gone()
    got = long.get(5).json()
    equal((got["status"], got["stdout"]), ("ok", "begun\ndone\n"), "its run")
    one.wait_rest()
    check(len(ours & one.container_ids()) >= 3, "its other containers")
    equal([p["restarts"] for p in one.processes()],
          [0] * len(one.processes()), "restarts")
    one.stop()


@case
def two_services_of_one_name(world):
    """The same instance twice: neither takes the other's for its own."""
    one = world.service("same", languages="bash", pool_idle=2).start()
    one.wait_rest()
    ours = one.container_ids()
    two = world.service("same", languages="bash", pool_idle=2).start()
    equal(two.client.output("echo 2", language="bash"), "2", "the second")
    check(ours <= one.container_ids(), "the first's containers are gone")
    two.remember()
    two.signal(signal.SIGTERM)
    equal(two.wait_end(6), 0, "exit code")
    two.check_no_process()
    check(ours <= one.container_ids(), "the first's containers are gone")
    equal(one.client.output("echo 1", language="bash"), "1", "the first")
    one.wait_rest()
    one.stop()


# ---- settings ---------------------------------------------------------------

def call(world, *args, environment=None):
    # Should it start after all, then as one of ours.
    done = subprocess.run(
        [world.program, *args], capture_output=True, text=True, timeout=5,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "SCE_LISTEN": "127.0.0.1:0",
             "SCE_INSTANCE": world.prefix + "-call", **(environment or {})})
    return done.returncode, done.stdout, done.stderr


@case
def settings_that_are_right(world):
    languages = "--languages_dir=" + world.languages
    code, out, err = call(world, "--check-config", languages)
    equal((code, err), (0, ""), "--check-config")
    has("correct", out, "what it says")
    path = os.path.join(world.temp, "right.conf")
    with open(path, "w", encoding="utf8") as file:
        file.write("# a comment\nworkers = 3\nlisten = 127.0.0.1:0\n"
                   "languages_dir = %s\npool_idle = 2,bash=1\n"
                   % world.languages)
    equal(call(world, "--check-config", "--config=" + path)[0], 0, "a file")
    equal(call(world, "--check-config", "--config", path)[0], 0, "a file")
    equal(call(world, "--check-config", environment={
        "SCE_CONFIG": path})[0], 0, "SCE_CONFIG")
    for option in ("--help", "--version", "--print-settings=sample"):
        code, out, err = call(world, option)
        equal((code, err), (0, ""), option)
        check(out, option + " says nothing")


@case
def settings_that_are_wrong(world):
    languages = "--languages_dir=" + world.languages
    for args, environment, words in [
            (["--no_such=1"], {}, ["no_such"]),
            (["--pool_idle=0"], {}, ["pool_idle", "1", "1000"]),
            (["--pool_idle=x"], {}, ["pool_idle", "x"]),
            (["--pool_idle=4", "--pool_total=2"], {}, ["pool_total"]),
            (["--workers=65"], {}, ["workers", "65", "64"]),
            (["--workers=-1"], {}, ["workers", "-1"]),
            (["--workers="], {}, ["workers"]),
            (["--workers=99999999999999999999"], {}, ["workers"]),
            (["--run_wall_ms=70000"], {}, ["run_wall_ms"]),
            (["--log_level=loud"], {}, ["log_level", "loud"]),
            (["--listen_public=perhaps"], {}, ["listen_public", "perhaps"]),
            (["--docker_host=tcp://127.0.0.1:2375"], {}, ["docker_host"]),
            (["--instance=a b"], {}, ["instance"]),
            (["stray"], {}, ["stray"]),
            (["--workers"], {}, ["workers"]),
            (["--config=/no/such/file"], {}, ["/no/such/file"]),
            ([], {"SCE_WORKERS": "x"}, ["SCE_WORKERS"]),
            ([], {"DOCKER_HOST": "tcp://x:1"}, ["DOCKER_HOST"])]:
        for action in ([], ["--check-config"]):
            code, out, err = call(world, *action, languages, *args,
                                  environment=environment)
            what = "%s %s" % (args, environment)
            equal((code, out), (2, ""), "%s: %s" % (what, err))
            equal(err.count("\n"), 1, "lines of " + err)
            for word in words:
                has(word.lower(), err.lower(), what)
    path = os.path.join(world.temp, "wrong.conf")
    for text, words in [("workers = 3\nworkers = x\n", ["2"]),
                        ("no_such = 3\n", ["no_such", "1"]),
                        ("workers 3\n", ["1"])]:
        with open(path, "w", encoding="utf8") as file:
            file.write(text)
        code, out, err = call(world, "--check-config", languages,
                              "--config=" + path)
        equal((code, out), (2, ""), "%r: %s" % (text, err))
        for word in [path] + words:
            has(word, err, "%r" % text)


@case
def starts_that_fail(world):
    """What is wrong beyond the settings: exit code 1, and why."""
    languages = "--languages_dir=" + world.languages
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    address = "127.0.0.1:%d" % taken.getsockname()[1]
    empty = os.path.join(world.temp, "empty")
    os.mkdir(empty)
    for args, words in [
            ([languages, "--listen=" + address], [address, "use"]),
            ([languages, "--listen=127.0.0.1"], ["listen", "port"]),
            ([languages, "--listen=0.0.0.0:0"], ["--listen-public"]),
            ([languages, "--listen=nowhere.invalid:1"], ["nowhere.invalid"]),
            (["--languages_dir=/no/such/folder"], ["/no/such/folder"]),
            (["--languages_dir=" + empty], ["empty"]),
            ([languages, "--languages=python,cobol"], ["cobol"]),
            ([languages, "--languages=bash", "--pool_total=6", "--uid_count=5"],
             ["uid_count", "pool_total"])]:
        code, out, err = call(world, *args)
        equal((code, out), (1, ""), "%s: %s" % (args, err))
        for word in words:
            has(word, err, "%s" % args)
    taken.close()
    for args in (["--languages_dir=/no/such/folder"],
                 [languages, "--languages=cobol"]):
        code, out, err = call(world, "--check-config", *args)
        equal((code, out), (1, ""), "--check-config %s: %s" % (args, err))


@case
def settings_from_everywhere(world):
    """The command line before the environment before the file."""
    path = os.path.join(world.temp, "three.conf")
    with open(path, "w", encoding="utf8") as file:
        file.write("run_wall_ms_max = 1001\nrun_cpu_ms_max = 1002\n"
                   "run_processes_max = 100\nrun_wall_ms = 500\n"
                   "run_cpu_ms = 500\n")
    with world.service("three", languages="bash", pool_idle=1,
                       run_wall_ms_max=3001, environment={
                           "SCE_CONFIG": path, "SCE_RUN_WALL_MS_MAX": "2001",
                           "SCE_RUN_CPU_MS_MAX": "2002"}) as service:
        for name, most in [("wall_ms", 3001), ("cpu_ms", 2002),
                           ("processes", 100)]:
            service.client.post({"code": "", "limits": {name: 9999}}).fault(
                400, "invalid_field", "to %d" % most)
        stats = service.stats()
        equal(list(stats["pool"]["languages"]), ["bash"], "languages")
        service.client.post({"code": "", "language": "python"}).fault(
            422, "unknown_language", "bash")
        equal(service.client.output("echo x", language="bash"), "x", "a run")


@case
def starts_quickly(world):
    service = world.service("quick", pool_idle=2)
    with service:
        between(0, time.monotonic() - service.started, 3,
                "seconds from start to ready")
