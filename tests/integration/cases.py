"""The register of the tests, and what they say when something is wrong.

A test is a function `name(world)` under @case; it fails by raising.
"""

import os
import sys
import time

ALL = []


def case(function=None, *, deadline=30):
    """Registers a test, which may take `deadline` seconds."""
    def register(test):
        test.deadline = deadline
        ALL.append(test)
        return test
    return register(function) if function else register


def place():
    """Which line of which test is speaking."""
    frame = sys._getframe()
    while frame is not None:
        name = os.path.basename(frame.f_code.co_filename)
        if name.startswith("cases_"):
            return "%s:%d" % (name, frame.f_lineno)
        frame = frame.f_back
    return "?"


class Wrong(AssertionError):
    """The service did something else than it should."""

    def __init__(self, text):
        super().__init__("%s: %s" % (place(), text))


def short(value):
    text = repr(value)
    return text if len(text) <= 400 else text[:300] + " ... " + text[-80:]


def check(condition, text, *values):
    if not condition:
        raise Wrong(text + "".join(" | " + short(v) for v in values))


def equal(got, expected, what):
    check(got == expected, "%s is %s, expected %s" % (
        what, short(got), short(expected)))


def has(part, whole, what):
    check(part in whole, "%s has no %s: %s" % (what, short(part),
                                               short(whole)))


def between(low, got, high, what):
    check(low <= got <= high, "%s is %s, expected %s to %s" % (
        what, got, low, high))


def eventually(question, seconds, what):
    """Asks until the answer is true, and gives it back."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Wrong("not within %s s: %s; last answer %s" % (
                seconds, what, short(answer)))
        time.sleep(0.02)
