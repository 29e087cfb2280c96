#!/usr/bin/python3
"""Runs every attack of the catalog against a service of its own.

    test_attacks.py PROGRAM LANGUAGES-DIR ATTACKS-BINARY [WORD]

An attack is stopped when each of its runs ends with a status that it expects,
says nowhere that it escaped, and, where it ended well, says what stopped it.
WORD: only the attacks and tests with it in the name.  Needs root and Docker.
"""

import base64
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [TESTS, os.path.join(TESTS, "integration")]

import harness  # noqa: E402
import service  # noqa: E402

JOBS = 4            # attacks at the same time
DEADLINE_S = 60

harness.DEADLINE_S = DEADLINE_S


def read_catalog():
    done = subprocess.run([os.path.join(HERE, "catalog")],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit("the catalog is wrong")
    return json.loads(done.stdout)


# ---- one attack -------------------------------------------------------------

class Escaped(AssertionError):
    """An attack did what it wanted, or did not say that it was stopped."""


def order(attack, word, binary):
    """The request that runs it."""
    body = {"language": attack["language"], "code": attack["code"],
            "stdin": attack["stdin"], "limits": attack["limits"],
            "args": [word] if word else []}
    if attack["language"] == "c":
        body.update(
            language="bash",
            code='chmod +x attacks; exec ./attacks %s "$@"' % attack["name"],
            files=[{"name": "attacks", "encoding": "base64",
                    "content": binary}])
    return body


def judge(attack, word, answer):
    """Raises Escaped, unless it was stopped."""
    what = ("%s: " % word if word else "")
    if answer.status != 200:
        raise Escaped("%sno result: %r" % (what, answer))
    got = answer.json()
    lines = got["output"].splitlines()
    if "stdout" not in (got.get("encoding") or {}):
        lines += got["stdout"].splitlines()
    for line in lines:
        if line.startswith("ESCAPED"):
            raise Escaped(what + line)
    if got["status"] not in attack["expect"]:
        raise Escaped("%sstatus %s, expected %s: %s" % (
            what, got["status"], " ".join(attack["expect"]),
            got["output"][-300:]))
    if got["status"] == "ok" and not any(
            line.startswith("stopped: ") for line in lines):
        raise Escaped("%sit does not say what stopped it: %s" % (
            what, got["output"][-300:]))


def run_attack(client, attack, binary):
    for word in attack["runs"] or ([] if attack["together"] else [""]):
        judge(attack, word, client.post(order(attack, word, binary)))
    waiting = [(word, client.start(**order(attack, word, binary)))
               for word in attack["together"]]
    for word, request in waiting:
        judge(attack, word, request.get(30))


# ---- all --------------------------------------------------------------------

def main(argv):
    if len(argv) not in (4, 5):
        print(__doc__, file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("skipped: needs root", file=sys.stderr)
        return 77
    word = argv[4] if len(argv) > 4 else ""
    with open(argv[3], "rb") as file:
        binary = base64.b64encode(file.read()).decode()
    world = service.World(argv[1], argv[2],
                          tempfile.mkdtemp(prefix="sce-attacks-"))
    attacks = read_catalog()
    try:
        target = world.service("attacks", languages="python,bash",
                               pool_idle=6, pool_total=12).start()
        cases = [("%s/%s" % (a["language"], a["name"]), functools.partial(
            run_attack, target.client, a, binary)) for a in attacks]
        code = harness.run_tests(cases, word, JOBS)
    finally:
        left = world.end()
        shutil.rmtree(world.temp)
    for line in left:
        print("# left: " + line)
    return 1 if code or left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
