#!/usr/bin/python3
"""Drives the whole service, on the real Docker engine.

    test_service.py PROGRAM LANGUAGES-DIR [WORD]

Starts services of its own, each on a free port and with an instance name of
its own, so it runs beside others.  WORD: only the tests with it in the name,
or of that module.
Needs root, for the service's cgroups and for an engine of the tests' own.
"""

import os
import re
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import cases  # noqa: E402
import harness  # noqa: E402
import service  # noqa: E402

# In this order; each registers its tests.
import cases_life  # noqa: E402,F401
import cases_info  # noqa: E402,F401
import cases_run  # noqa: E402,F401
import cases_http  # noqa: E402,F401
import cases_limits  # noqa: E402,F401
import cases_hostile  # noqa: E402,F401
import cases_pool  # noqa: E402,F401
import cases_faults  # noqa: E402,F401
import cases_engine  # noqa: E402,F401
import cases_selftest  # noqa: E402,F401
import cases_rights  # noqa: E402,F401

FOUND = re.compile("ERROR: .*Sanitizer|runtime error: |Assertion .* failed")


def nothing_is_left(world):
    """Of all that ever ran: containers, processes, mounts, files."""
    left = world.end()
    left += ["container %s" % c["Names"] for c in
             world.engine.containers_beginning(world.prefix)]
    for one in world.services:
        left += ["process %d of %s" % (p[0], one.instance)
                 for p in one.seen if service.is_alive(p)]
        left += ["process %s of a container" % (p,) for p in
                 service.processes_of_uids(one.uid_first, one.UIDS)]
        # What a sanitizer found may have ended nobody, or only later.
        left += ["in the log of %s: %s" % (one.instance, line)
                 for line in one.log().splitlines() if FOUND.search(line)]
    with open("/proc/mounts", encoding="utf8") as file:
        left += ["mount " + line for line in file if world.temp in line]
    shutil.rmtree(world.temp)
    left += [path for path in (world.temp,) if os.path.exists(path)]
    cases.equal(left, [], "what is left")


nothing_is_left.deadline = 60


def run_one(world, case):
    """One test; when it fails, with what the services logged meanwhile."""
    began = time.monotonic()
    world.mark()

    def test():
        try:
            case(world)
        except BaseException:
            logs.extend(world.logs_since_mark())
            harness.at_end(world.end_strays)
            raise

    logs = []
    harness.DEADLINE_S = case.deadline
    passed = harness.run_one(case.__name__, test)
    for line in logs:
        print("    # " + line)
    took = time.monotonic() - began
    if took > 5 or not passed:
        print("    # %s took %.1f s" % (case.__name__, took), flush=True)
    return passed


def main(argv):
    if len(argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("skipped: needs root", file=sys.stderr)
        return 77
    word = argv[3] if len(argv) > 3 else ""
    world = service.World(argv[1], argv[2],
                          tempfile.mkdtemp(prefix="sce-test-"))
    signal.signal(signal.SIGALRM, harness.on_alarm)
    chosen = [c for c in cases.ALL
              if word in c.__name__ or word == c.__module__]
    passed = []
    try:
        for case in chosen:
            passed.append(run_one(world, case))
    finally:
        passed.append(run_one(world, nothing_is_left))
    failed = len(passed) - passed.count(True)
    print("%d passed, %d failed" % (passed.count(True), failed))
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
