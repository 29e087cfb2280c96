"""c/every_denied_call.c tries every system call that the table does not allow.

The names are those of this machine's headers; the table is seccomp/rules.def.
"""

import os
import re
import subprocess

import harness


def read(*path):
    with open(os.path.join(harness.ROOT, *path), encoding="utf8") as file:
        return file.read()


def all_calls():
    done = subprocess.run(["cc", "-E", "-dM", "-"], check=True, text=True,
                          input="#include <sys/syscall.h>\n",
                          stdout=subprocess.PIPE)
    return set(re.findall(r"^#define SYS_(\w+) ", done.stdout, re.M))


def allowed():
    """What a program may call, if only with some arguments."""
    return {name for who, name in re.findall(
        r"^(?:ALLOW|ALLOW_IF|ALLOW_NEW|PRETEND)\(([\w| ]+), (\w+),",
        read("seccomp", "rules.def"), re.M)
        if {"INSIDE", "PROGRAM"} & set(re.split(r"[| ]+", who))}


def tried():
    text = read("tests", "attacks", "c", "every_denied_call.c")
    return set(re.findall(r'(?:ROW\(|\{ ")(\w+)', text))


def check():
    assert len(allowed()) > 100, "the table could not be read"
    harness.equal(sorted(tried() & allowed()), [])
    harness.equal(sorted(all_calls() - allowed() - tried() - {"syscalls"}), [])
