"""The self-test: over the admin API, and as an operator starts it."""

import json
import os
import re
import signal
import subprocess

from cases import Wrong, case, check, equal, eventually, has
from client import JSON

PATH = "/admin/self-test"
VERDICTS = {"stopped", "skipped", "error", "unclear", "escaped"}
LINE = re.compile(r"^(stopped|skipped|error|unclear|ESCAPED) +(\w+) +(\w+)",
                  re.M)


def begin(service, body="{}", headers=JSON):
    return service.client.request("POST", PATH, body, headers)


def report(service):
    answer = service.client.get(PATH)
    equal(answer.status, 200, "status of " + PATH)
    return answer.json()


def command(world, *arguments):
    """The operator's command, under way."""
    return subprocess.Popen(
        [world.program, *arguments], stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def follow(world, service):
    return command(world, "--self-test=" + service.url.removeprefix("http://"))


def said(process, seconds):
    """(exit code, standard output, standard error)"""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Wrong("the command does not end: %r" % (
            process.communicate(),)) from None
    return process.returncode, out, err


def start(world, name, **settings):
    return world.service(name, **{
        "languages": "python,bash", "pool_idle": 2, "workers": 2,
        "ping_ms": 250, **settings})


def has_judged(service, n):
    eventually(lambda: report(service)["done"] >= n, 30,
               "%d attacks are judged" % n)


WHOLE = {}


def whole(world):
    """One whole self-test by the command; the first test to ask runs it."""
    if WHOLE:
        return WHOLE
    with start(world, "selftest", pool_idle=3) as service:
        equal(report(service)["state"], "never", "before")
        process = follow(world, service)
        try:
            has_judged(service, 2)
            meanwhile = (report(service), begin(service),
                         service.client.run("print('a client')"))
            code, out, err = said(process, 120)
        finally:
            process.kill()
        WHOLE.update(service=service, meanwhile=meanwhile, code=code, out=out,
                     err=err, report=report(service))
    return WHOLE


@case(deadline=150)
def self_test_says_how_far_it_is(world):
    first, again, client = whole(world)["meanwhile"]
    equal(first["state"], "running", "state")
    check(first["now"] and 0 < first["done"] < first["total"], "progress",
          first)
    again.fault(409, "self_test_running", "of %d attacks" % first["total"])
    equal((client["status"], client["output"]), ("ok", "a client"),
          "a client's program meanwhile")


@case(deadline=150)
def self_test_judges_every_attack(world):
    got = whole(world)["report"]
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    catalog = json.loads(subprocess.check_output(
        [os.path.join(root, "tests", "attacks", "catalog")]))
    equal([a["name"] for a in got["attacks"]], [a["name"] for a in catalog],
          "attacks")
    equal((got["state"], got["why"], got["now"], got["done"], got["total"]),
          ("done", None, None, len(catalog), len(catalog)), "the end")
    equal(set(got["count"]), VERDICTS, "verdicts")
    equal(sum(got["count"].values()), got["total"], "sum of verdicts")
    equal((got["count"]["error"], got["count"]["skipped"]), (0, 0),
          "not judged")
    equal(sum(w["stopped"] + w["not_stopped"] for w in got["walls"].values()),
          got["total"], "sum of walls")
    for attack, row in zip(got["attacks"], catalog):
        equal((attack["title"], attack["wall"], attack["rule"]),
              (row["title"], row["wall"], row["rule"]), attack["name"])
        check(attack["why"] or attack["stopped"], "a reason", attack)
        check("ok" not in attack["status"] or not attack["stopped"] or
              attack["lines"], "it says what stopped it", attack)


@case(deadline=150)
def self_test_stops_every_attack(world):
    equal(["%s: %s" % (a["name"], a["why"])
           for a in whole(world)["report"]["attacks"] if not a["stopped"]],
          [], "attacks that were not stopped")


@case(deadline=150)
def self_test_knows_the_machine(world):
    service, got = whole(world)["service"], whole(world)["report"]
    docker = service.engine.call("GET", "/version")[1]
    parts = {c["Name"]: c["Version"] for c in docker.get("Components", [])}
    versions = got["versions"]
    equal(versions["kernel"]["release"], os.uname().release, "kernel")
    equal(versions["docker"]["version"], docker["Version"], "docker")
    for name in ("runc", "containerd"):
        equal(versions[name]["version"], parts[name], name)
    check(got["machine"]["cgroup_version"] in ("1", "2"), "cgroup version",
          got["machine"])
    check(got["machine"]["apparmor"] in (True, False), "AppArmor")
    equal(set(got["machine"]["inner_wall"]), {"python", "bash"}, "inner wall")
    for warning in got["warnings"]:
        check(warning["names"].startswith("CVE-") and warning["why"] and
              warning["fixed_in"], "a warning", warning)


@case(deadline=150)
def self_test_of_the_command_line(world):
    ran = whole(world)
    got, out = ran["report"], ran["out"]
    equal(ran["err"], "", "errors of the command")
    equal([(v.lower(), name, wall) for v, name, wall in LINE.findall(out)],
          [(a["verdict"], a["name"], a["wall"]) for a in got["attacks"]],
          "lines of the command")
    not_stopped = got["total"] - got["count"]["stopped"]
    equal(ran["code"], 1 if not_stopped else 0, "exit code")
    equal([line for line in out.splitlines() if len(line) > 80], [],
          "lines that are too long")
    has("%d attacks: %d stopped, %d escaped" % (
        got["total"], got["count"]["stopped"], got["count"]["escaped"]),
        out, "the last lines")
    has("\nkernel       %s" % os.uname().release, out, "the versions")
    for line in ("seccomp", "inner wall", "AppArmor", "cgroup"):
        has("\n" + line, out, "the summary")
    log = ran["service"].log()
    for attack in got["attacks"]:
        if attack["verdict"] in ("escaped", "unclear"):
            has("attack=%s wall=%s was NOT STOPPED" % (
                attack["name"], attack["wall"]), log, "the log")


@case
def self_test_is_guarded(world):
    service = world.shared
    begin(service, "{}", {}).fault(415, "unsupported_media_type")
    begin(service, "{}", {"Content-Type": "text/plain"}).fault(
        415, "unsupported_media_type")
    begin(service, "{}", {**JSON, "Origin": "http://elsewhere.example"}).fault(
        403, "origin_not_allowed")
    begin(service, "{}", {**JSON, "Host": "elsewhere.example"}).fault(
        403, "host_not_allowed")
    begin(service, '{"only": 1}').fault(400, "invalid_field")
    begin(service, "[]").fault(400, "invalid_field")
    begin(service, "{").fault(400, "invalid_field")
    answer = service.client.request("PUT", PATH, "{}", JSON)
    answer.fault(405, "method_not_allowed")
    equal(answer.headers["Allow"], "GET, HEAD, POST, OPTIONS", "Allow")
    equal(report(service)["state"], "never", "afterwards")


@case
def self_test_that_nobody_answers(world):
    process = command(world, "--self-test=127.0.0.1:1")
    code, out, err = said(process, 10)
    equal((code, out), (2, ""), "exit code and output")
    has("http://127.0.0.1:1", err, "where it asked")
    has("make run", err, "how to start the service")
    code, out, err = said(command(world, "--self-test", "--listen=nowhere"),
                          10)
    equal((code, out), (2, ""), "exit code and output")


@case
def self_test_without_a_language(world):
    """Attacks in languages that are not served are skipped, and said so."""
    with start(world, "skipped", languages="javascript") as service:
        code, out, err = said(follow(world, service), 30)
        equal((code, err), (1, ""), "exit code and errors")
        has("Not all walls are known to hold", out, "the last line")
        got = report(service)
        equal(got["count"]["skipped"], got["total"], "skipped")
        equal({a["why"] for a in got["attacks"]},
              {"python is not served here", "bash is not served here"},
              "reasons")
        equal(got["walls"], {}, "walls")


@case(deadline=60)
def self_test_while_the_service_stops(world):
    service = start(world, "stopping", drain_ms=1000).start()
    process = follow(world, service)
    try:
        first = [process.stdout.readline() for _ in range(3)]
        check(LINE.match(first[2]), "a line for the first attack", first)
        service.remember()
        service.signal(signal.SIGTERM)
        equal(service.wait_end(5), 0, "exit code of the service")
        service.check_gone()
        has("self-test aborted: the service is stopping", service.log(),
            "the log")
        code, _out, err = said(process, 20)
        equal(code, 2, "exit code of the command")
        has("is gone", err, "what it says")
    finally:
        process.kill()


@case(deadline=60)
def self_test_and_a_dying_worker(world):
    """The attack that it ran is not judged, all others are."""
    with start(world, "dying", workers=1) as service:
        equal(begin(service).status, 202, "begin")

        def has_error():
            os.kill(service.pid_of("worker"), signal.SIGKILL)
            eventually(lambda: service.stats()["workers"][0] is not None, 5,
                       "the worker is back")
            return report(service)["count"]["error"]

        has_judged(service, 2)
        eventually(has_error, 20, "a worker dies under an attack")
        has_judged(service, report(service)["done"] + 3)
        got = report(service)
        lost = [a for a in got["attacks"] if a["verdict"] == "error"]
        check(all(a["why"].startswith("worker_lost") for a in lost),
              "why they were not judged", lost)
        check(got["attacks"][-1]["verdict"] != "error", "those that follow",
              got["attacks"][-3:])
        equal(service.client.output("print(1)"), "1", "afterwards")


@case(deadline=60)
def self_test_and_a_dying_web(world):
    with start(world, "dying-web") as service:
        process = follow(world, service)
        try:
            has_judged(service, 2)
            os.kill(service.pid_of("web"), signal.SIGKILL)
            code, _out, err = said(process, 20)
        finally:
            process.kill()
        equal(code, 1, "exit code")
        has("the self-test is lost", err, "what it says")
        equal(report(service)["state"], "never", "afterwards")
        equal(begin(service).status, 202, "the next one")
        has_judged(service, 1)
