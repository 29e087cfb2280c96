"""What our processes may do, and how containers are made.

The promises are the tables of docs/security.md: what stands there is what is
compared, so that the two cannot part.
"""

import collections
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile

from cases import Wrong, case, check, equal, eventually, has
from service import Service

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
ROLES = ("web", "worker", "pool")
LIBC = ctypes.CDLL(None, use_errno=True)
LANDLOCK_CREATE_RULESET, PIDFD_GETFD = 444, 438  # on every architecture


# ---- what is promised -------------------------------------------------------

def tables():
    """{first cell of the head: {first cell: [other cells]}} of the page."""
    found, rows = {}, None
    with open(os.path.join(ROOT, "docs", "security.md"),
              encoding="utf8") as file:
        for line in file:
            if not line.startswith("|"):
                rows = None
                continue
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if rows is None:
                rows = found.setdefault(cells[0], {})
            elif not set(cells[0]) <= set("-"):
                rows[cells[0].strip("`")] = cells[1:]
    return found


def promised(table, role):
    """{name: text} of a role."""
    return {name: cells[ROLES.index(role)].strip("`")
            for name, cells in tables()[table].items()}


# ---- what is --------------------------------------------------------------

def read(pid, name, mode="r"):
    with open("/proc/%d/%s" % (pid, name), mode) as file:
        return file.read()


def fields(pid):
    """/proc/PID/status and limits, as texts by name."""
    found = dict(re.findall(r"^(\w+):[ \t]*(.*?)[ \t]*$", read(pid, "status"),
                            re.M))
    for name, soft, hard in re.findall(
            r"^(\S.*?) {2,}(\S+) +(\S+)", read(pid, "limits"), re.M)[1:]:
        found[name] = soft if soft == hard else "%s, %s" % (soft, hard)
    return found


def is_sanitized(program):
    with open(program, "rb") as file:
        return b"__asan_init" in file.read()


def landlock_abi():
    return max(0, LIBC.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1))


def root_of(pid):
    """"empty" or "host"."""
    try:
        names = os.listdir("/proc/%d/root/" % pid)
    except FileNotFoundError:
        names = []  # a folder that is deleted
    if names:
        equal(os.stat("/proc/%d/root/" % pid), os.stat("/"), "the root")
        return "host"
    has("(deleted)", os.readlink("/proc/%d/root" % pid), "the root's name")
    equal(os.readlink("/proc/%d/cwd" % pid),
          os.readlink("/proc/%d/root" % pid), "the working folder")
    return "empty"


def socket_kind(pid, fd, supervisor, engine):
    """What a socket of another process is, from a duplicate of it."""
    pidfd = os.pidfd_open(pid)
    copy = LIBC.syscall(PIDFD_GETFD, pidfd, fd, 0)
    os.close(pidfd)
    check(copy >= 0, "pidfd_getfd", os.strerror(ctypes.get_errno()))
    with socket.socket(fileno=copy) as sock:
        if sock.family != socket.AF_UNIX:
            return ("listening socket" if sock.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                else "connections of clients")
        try:
            if sock.getpeername():
                equal(os.path.realpath(sock.getpeername()),
                      os.path.realpath(engine), "a connected socket")
                return "Docker's socket, and streams by it"
        except OSError:  # the other end is closed
            return "channels to our other processes"
        maker = struct.unpack("3i", sock.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    check(maker in (supervisor, pid), "who made the socket pair", maker)
    return ("channels to our other processes" if maker == supervisor
            else "libcurl's own")


def kind_of(pid, fd, log, supervisor, engine):
    name = os.readlink("/proc/%d/fd/%s" % (pid, fd))
    if name == "/dev/null":
        return name
    if name == log:
        return "log"
    if name == "anon_inode:[eventpoll]" or name.startswith("pipe:"):
        return "event loop, and its pipe"
    if name == "anon_inode:[eventfd]":  # newer versions take it for the pair
        return "libcurl's own"
    if name.startswith("socket:"):
        return socket_kind(pid, int(fd), supervisor, engine)
    if name.startswith("/sys/fs/cgroup/"):
        return "cgroup files of containers"
    return name


def descriptors(service, pid):
    """{kind: how many}"""
    folder = "/proc/%d/fd" % pid
    log = os.readlink(folder + "/2")
    return collections.Counter(
        kind_of(pid, fd, log, service.process.pid, service.engine.path)
        for fd in os.listdir(folder))


# ---- one process ------------------------------------------------------------

def check_status(service, role, pid):
    is_field = fields(pid)
    sanitized = is_sanitized(service.world.program)
    uids = {"web_uid": service.settings.get("web_uid", 199998),
            "worker_uid": service.settings.get("worker_uid", 199999)}
    for name, value in promised("", role).items():
        what = "%s of %s" % (name, role)
        if name in ("Uid", "Gid"):
            equal(is_field[name].split(), [str(uids.get(value, value))] * 4,
                  what)
        elif name == "Groups":
            equal((is_field[name], value), ("", "none"), what)
        elif name.startswith("Cap"):
            equal(int(is_field[name], 16), int(value), what)
        elif name == "Seccomp":
            equal(is_field[name], "0" if sanitized else value, what)
            equal(is_field.get("Seccomp_filters", "1"),
                  "0" if sanitized else "1", "filters of " + role)
        elif name == "root folder":
            equal(root_of(pid), value, what)
        elif name == "dumpable":
            # The kernel shows it so, where that is another user.
            equal((os.stat("/proc/%d/environ" % pid).st_uid, value),
                  (0, "no"), what)
        else:
            equal(is_field[name], value, what)
    check(not [n for n in os.listdir("/proc/%d/task" % pid)
               if n != str(pid)], "threads of " + role)


def check_descriptors(service, role, pid, n, leases=0):
    have = descriptors(service, pid)
    for kind, value in promised("descriptors", role).items():
        got = have.pop(kind, 0)
        what = "%s of %s" % (kind, role)
        if value == "any":
            continue
        if value == "lent":
            if kind == "cgroup files of containers":
                check((got > 0) == (leases > 0), what, got)
            else:
                equal(got, leases, what)
        else:
            equal(got, n + 2 if value == "n + 2" else int(value), what)
    equal(have, {}, "what else %s has open" % role)


def check_stats(service, part, role, pid):
    rights = part["rights"]
    is_field = fields(pid)
    equal(rights, {
        "uid": int(is_field["Uid"].split()[0]),
        "gid": int(is_field["Gid"].split()[0]),
        "root": root_of(pid),
        "landlock": landlock_abi(),
        "seccomp": is_field["Seccomp"] == "2",
        "no_new_privs": True,
        "capabilities": is_field["CapPrm"],
        "capabilities_before": fields(service.process.pid)["CapPrm"],
    }, "rights of %s in the stats" % role)


def check_all(service):
    stats = service.stats()
    everyone = [("web", stats["web"], service.pid_of("web")),
                ("pool", stats["pool"], stats["pool"]["pid"])]
    everyone += [("worker", w, w["pid"]) for w in stats["workers"]]
    for role, part, pid in everyone:
        check_status(service, role, pid)
        check_stats(service, part, role, pid)
        check_descriptors(service, role, pid, len(stats["workers"]))


# ---- tests ------------------------------------------------------------------

@case
def every_process_has_what_is_promised(world):
    service = world.shared
    service.client.output("print(1)")
    service.wait_rest()
    check_all(service)


@case
def a_worker_holds_what_is_lent_to_it(world):
    with world.service("rlent", languages="python", workers=2) as service:
        service.wait_rest()
        request = service.client.start("import time\ntime.sleep(2)")
        service.wait_leased()
        for worker in service.stats()["workers"]:
            check_descriptors(service, "worker", worker["pid"], 2,
                              worker["running"])
        request.get(5)
        service.wait_rest()
        for worker in service.stats()["workers"]:
            check_descriptors(service, "worker", worker["pid"], 2)


@case
def a_process_started_again_has_no_more(world):
    with world.service("ragain", languages="python", workers=2,
                       web_uid=190001, worker_uid=190002) as service:
        service.wait_rest()
        for role in ("worker", "pool", "web"):
            os.kill(service.pid_of(role), signal.SIGKILL)
            eventually(lambda: service.process.poll() is None and
                       is_restarted(service, role), 5, role + " is back")
        equal(service.client.output("print(1)"), "1", "a run")
        service.wait_rest()
        check_all(service)


def is_restarted(service, role):
    try:
        return any(p["restarts"] and p["state"] == "ready"
                   for p in service.processes(role))
    except (OSError, Wrong):
        return False  # web is on its way


@case
def the_supervisor_ends_nobody_survives(world):
    """The bond to the parent outlives the change of the user id."""
    service = world.service("rorphan", languages="python").start()
    service.wait_rest()
    service.remember()
    # They are stopped, so that none can see its channel close.
    for process in service.processes():
        os.kill(process["pid"], signal.SIGSTOP)
    service.process.kill()
    service.process.wait()
    service.check_no_process(2)
    # The containers are found by the next supervisor.
    with world.service("rorphan2", languages="python",
                       instance=service.instance) as heir:
        heir.wait_rest()
    service.check_no_container()


@case
def user_ids_of_containers_are_not_ours(world):
    for name in ("web_uid", "worker_uid"):
        service = world.service("ruid", uid_first=300000, **{name: 300001})
        service.start(wait=False)
        equal(service.wait_end(5), 2, "exit code")
        has("%s is 300001" % name, service.log(), "the log")


@case
def what_cannot_be_given_up_stops_the_start(world):
    """Here: root without the right to change its root folder."""
    left = subprocess.run(
        ["setpriv", "--bounding-set", "-sys_chroot", "--inh-caps",
         "-sys_chroot", world.program, "--listen=127.0.0.1:0",
         "--languages_dir=" + world.languages, "--ready-ms=1000",
         "--docker-host=unix:///nowhere", "--instance=" + world.prefix],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=20, check=False, preexec_fn=lambda: signal.alarm(3))
    has("cannot start: giving up rights: empty root folder: "
        "Operation not permitted", left.stdout, "the log")
    check("role=pool index=0 pid" not in left.stdout, "the pool needs none",
          left.stdout)


def other_user(folder, program, languages):
    """Copies of both that any user can read."""
    os.chmod(folder, 0o755)
    shutil.copy(program, os.path.join(folder, "program"))
    os.chmod(os.path.join(folder, "program"), 0o755)
    to = shutil.copytree(languages, os.path.join(folder, "languages"))
    os.chmod(to, 0o755)
    for name in os.listdir(to):
        os.chmod(os.path.join(to, name), 0o644)
    return os.path.join(folder, "program"), to


class UserService(Service):
    """Started by a user who may only reach the engine's socket."""

    UID = 197531

    def start(self, wait=True):
        at = os.stat(self.engine.path)
        check(at.st_mode & stat.S_IWGRP, "the engine's socket has no group")
        popen = subprocess.Popen

        def as_user(*args, **named):
            return popen(*args, user=self.UID, group=self.UID,
                         extra_groups=[at.st_gid], **named)
        subprocess.Popen = as_user
        try:
            return super().start(wait)
        finally:
            subprocess.Popen = popen


@case(deadline=60)
def a_user_of_the_engine_can_serve(world):
    """Not root: fewer walls around us, the same around programs."""
    folder = tempfile.mkdtemp(prefix="sce-test-user-")
    program, languages = other_user(folder, world.program, world.languages)
    service = UserService(world, "ruser", {"languages": "python,bash",
                                           "languages_dir": languages})
    service.world = type("World", (), {**vars(world), "program": program})
    try:
        with service:
            serve_as_user(service)
    finally:
        shutil.rmtree(folder)


def serve_as_user(service):
    client = service.client
    has("not started as root", service.log(), "the log")
    equal(client.output("print(6 * 7)"), "42", "a run")
    equal(client.run("while True: pass", limits={"wall_ms": 300})["status"],
          "timeout", "an endless loop")
    equal(client.run("echo $((6 * 7))", language="bash")["output"], "42",
          "a run of bash")
    service.wait_rest()
    stats = service.stats()
    sanitized = is_sanitized(service.world.program)
    for part in [stats["web"], stats["pool"]] + stats["workers"]:
        rights = part["rights"]
        equal((rights["uid"], rights["root"], rights["landlock"],
               rights["no_new_privs"], rights["seccomp"]),
              (UserService.UID, "host", landlock_abi(), True, not sanitized),
              "rights")
    for process in service.processes():
        is_field = fields(process["pid"])
        equal([int(is_field["Cap" + n], 16) for n in
               ("Inh", "Prm", "Eff", "Amb")], [0] * 4, "capabilities")
        equal((is_field["NoNewPrivs"], is_field["Seccomp"]),
              ("1", "0" if sanitized else "2"), "no_new_privs and filter")


# ---- containers -------------------------------------------------------------

def value_at(container, path):
    for name in path.split("."):
        container = container.get(name)  # what is empty may be left out
    return container


def check_container(service, container):
    promises = tables()["of the container"]
    check(len(promises) > 20, "promises about containers", promises)
    host = container["HostConfig"]
    user = re.fullmatch(r"(\d+):\1", container["Config"]["User"])
    check(user and 0 <= int(user[1]) - service.uid_first < service.UIDS,
          "the user id", container["Config"]["User"])
    mib, settings = 1 << 20, service.settings
    numbers = {
        "run_memory_mb": settings.get("run_memory_mb", 256) * mib,
        "run_cpus_percent": settings.get("run_cpus_percent", 100) * 10**7,
    }
    for path, (text,) in promises.items():
        if value_at(container, path) is None and path.endswith(
                "NetworkDisabled"):
            continue  # newer engines do not show it
        got, word = value_at(container, path), text.strip("`")
        if word in numbers:
            equal(got, numbers[word], path)
        elif text == "nothing":
            check(not got, path, got)
        elif text.startswith('`') and text.endswith('`'):
            equal(got, json.loads(word), path)
        else:
            has(path, ("Config.User", "HostConfig.SecurityOpt",
                       "HostConfig.PidsLimit"), "rows with words")
    options = host["SecurityOpt"]
    has("no-new-privileges:true", options, "SecurityOpt")
    profile = json.loads(next(o for o in options if o.startswith(
        "seccomp="))[len("seccomp="):])
    equal(profile["defaultAction"], "SCMP_ACT_ERRNO", "the profile")
    processes = settings.get("run_processes", 64)
    check(processes < host["PidsLimit"] <= processes + 8, "PidsLimit",
          host["PidsLimit"])
    return int(user[1])


@case
def containers_are_made_as_promised(world):
    service = world.shared
    service.wait_rest()
    users = [check_container(service, world.engine.inspect(i))
             for i in service.container_ids()]
    equal(len(set(users)), len(users), "user ids of their own")
