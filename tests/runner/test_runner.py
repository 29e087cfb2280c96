#!/usr/bin/python3
"""Drives the real runner over pipes, without Docker.

    test_runner.py RUNNER [WORD]     only the tests that have WORD in the name

Needs root, to make namespaces and to become an unprivileged user in them;
exits 77 without it.
"""

import os
import sys
import time
import traceback

sys.dont_write_bytecode = True

import cases_ending  # noqa: E402
import cases_host  # noqa: E402
import cases_program  # noqa: E402
import cases_wall  # noqa: E402


def why(error):
    """Where it happened in our files, and what was said."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error) or type(error).__name__
    return "%s (%s:%d)" % (said.replace("\n", " ")[:300],
                           os.path.basename(place.filename), place.lineno)


def main(argv):
    if len(argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("skipped: needs root", file=sys.stderr)
        return 77
    runner = os.path.abspath(argv[1])
    word = argv[2] if len(argv) > 2 else ""
    passed = failed = 0
    for case in (cases_host.CASES + cases_program.CASES +
                 cases_ending.CASES + cases_wall.CASES):
        if word not in case.__name__:
            continue
        began = time.monotonic()
        try:
            case(runner)
            passed += 1
            print("ok %s" % case.__name__, flush=True)
        except Exception as error:  # a test may fail in any way
            failed += 1
            print("not ok %s: %s [%.1f s]" % (
                case.__name__, why(error), time.monotonic() - began),
                flush=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
