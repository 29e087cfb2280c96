"""The catalog, and what it is for an attack to be stopped."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = ""         # build/attacks, in base64: test_attacks.py reads it


class Escaped(AssertionError):
    """An attack did what it wanted, or did not say that it was stopped."""


def read_catalog():
    done = subprocess.run([os.path.join(HERE, "catalog")],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit("the catalog is wrong")
    return json.loads(done.stdout)


def name(attack):
    return "%s/%s" % (attack["language"], attack["name"])


def with_binary(order):
    """The request, with the attacks in C beside the program."""
    return {**order, "files": [{"name": "attacks", "encoding": "base64",
                                "content": BINARY}]}


def order(attack, word):
    """The request that runs it."""
    body = {"language": attack["language"], "code": attack["code"],
            "stdin": attack["stdin"], "limits": attack["limits"],
            "args": [word] if word else []}
    if attack["language"] != "c":
        return body
    return with_binary({**body, "language": "bash", "code":
                        'chmod +x attacks; exec ./attacks %s "$@"'
                        % attack["name"]})


def judge(attack, word, answer):
    """Raises Escaped, unless it was stopped."""
    what = "%s: " % word if word else ""
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


def run(client, attack):
    """All its runs, each judged; those of `together` at the same time."""
    for word in attack["runs"] or ([] if attack["together"] else [""]):
        judge(attack, word, client.post(order(attack, word)))
    waiting = [(word, client.start(**order(attack, word)))
               for word in attack["together"]]
    for word, request in waiting:
        judge(attack, word, request.get(30))
