#!/usr/bin/python3
"""Runs every attack of the catalog against services of its own.

    test_attacks.py PROGRAM LANGUAGES-DIR ATTACKS-BINARY [WORD]

ATTACKS-BINARY is build/attacks, the attacks in C.  WORD: only the tests with
it in the name.  Three kinds of tests:

    attack/...      each attack is stopped
    traces/...      after it, the next program in the same container sees
                    exactly what one in a new container sees
    a word          the other tests below

Needs root and Docker.
"""

import base64
import functools
import os
import shutil
import signal
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "integration")]

import attacks  # noqa: E402
import denied  # noqa: E402
import harness  # noqa: E402
import marathon  # noqa: E402
import service  # noqa: E402
import traces  # noqa: E402

JOBS = 4            # attacks at the same time
harness.DEADLINE_S = 90


def begin_attacks(world, catalog, word):
    """[(name, test)]: each attack is stopped, by a service that is busy."""
    chosen = [a for a in catalog if word in "attack/" + attacks.name(a)]
    if not chosen:
        return []
    target = world.service("attacks", languages="python,bash", pool_idle=6,
                           pool_total=12, pool_queue_ms=30000).start()
    return [("attack/" + attacks.name(attack), functools.partial(
        attacks.run, target.client, attack)) for attack in chosen]


def begin(world, catalog, word):
    """Lists of tests; the lists run at the same time."""
    others = [("denied_calls_are_all", denied.check),
              ("marathon", functools.partial(marathon.check, world))]
    made = [[case for case in others if word in case[0]]]
    made += [traces.begin(world, catalog, language, word)
             for language in ("python", "bash")]
    cases = begin_attacks(world, catalog, word)
    made += [cases[i::JOBS] for i in range(JOBS)]
    return [cases for cases in made if cases]


def run_groups(made):
    """Each group in a process of its own; gives passed and failed."""
    results, to = os.pipe()
    for cases in made:
        if os.fork() == 0:
            try:
                harness.run_share(cases, to)
            finally:
                sys.stdout.flush()
                os._exit(0)
    os.close(to)
    with open(results, "rb") as file:
        said = file.read()
    for _ in made:
        os.wait()
    passed, skipped = said.count(b"p"), said.count(b"s")
    return passed, sum(map(len, made)) - passed - skipped


def main(argv):
    if len(argv) not in (4, 5):
        print(__doc__, file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("skipped: needs root", file=sys.stderr)
        return 77
    with open(argv[3], "rb") as file:
        attacks.BINARY = base64.b64encode(file.read()).decode()
    catalog = attacks.read_catalog()
    world = service.World(argv[1], argv[2],
                          tempfile.mkdtemp(prefix="sce-attacks-"))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        passed, failed = run_groups(
            begin(world, catalog, argv[4] if len(argv) > 4 else ""))
    finally:
        left = world.end()
        left += ["container %s" % c["Names"] for c in
                 world.engine.containers_beginning(world.prefix)]
        shutil.rmtree(world.temp)
    for line in left:
        print("not ok nothing_is_left: " + line)
    print("%d passed, %d failed" % (passed, failed + bool(left)))
    return 1 if failed or left or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
