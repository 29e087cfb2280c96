"""A service of the tests' own: start, look at, end."""

import os
import random
import re
import signal
import subprocess
import threading
import time

from cases import Wrong, check, equal, eventually
from client import Client
from engine import Engine

READY = re.compile(r"Safe Code Executor is ready: (http://\S+)")


# ---- processes --------------------------------------------------------------

def stat_of(pid):
    """(parent, start) of a process that is no zombie; None: not there."""
    try:
        with open("/proc/%d/stat" % pid, encoding="latin-1") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    return int(fields[1]), int(fields[19])


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def children_of(parent):
    """{(pid, start)} of the living children of a process."""
    found = set()
    for pid in pids():
        stat = stat_of(pid)
        if stat and stat[0] == parent:
            found.add((pid, stat[1]))
    return found


def is_alive(process):
    stat = stat_of(process[0])
    return stat is not None and stat[1] == process[1]


def processes_of_uids(first, count):
    """Living processes whose user id is in a range."""
    found = []
    for pid in pids():
        try:
            with open("/proc/%d/status" % pid, encoding="latin-1") as file:
                text = file.read()
        except OSError:
            continue
        uid = int(re.search(r"^Uid:\t(\d+)", text, re.M)[1])
        if first <= uid < first + count and not re.search(
                r"^State:\t[ZX]", text, re.M):
            found.append((pid, text.split("\n", 1)[0]))
    return found


# ---- the service ------------------------------------------------------------

class Service:
    """`settings` are the service's own, by name; environment is added."""

    UIDS = 10000

    def __init__(self, world, name, settings, environment=None, engine=None):
        self.world = world
        self.instance = settings.pop("instance", None) or "%s-%s" % (
            world.prefix, name)
        self.engine = engine or world.engine
        self.uid_first = settings.get("uid_first") or random.randrange(
            10**6, 2 * 10**9 - self.UIDS)
        self.settings = {
            "listen": "127.0.0.1:0",
            "instance": self.instance,
            "languages_dir": world.languages,
            "log_level": "debug",
            "uid_first": self.uid_first,
            "pool_idle": 2,
            **settings,
        }
        self.environment = dict(environment or {})
        self.log_path = os.path.join(world.temp, "%s-%d.log" % (
            self.instance, len(world.services)))
        self.seen = set()  # (pid, start) of all its processes
        self.process = self.url = self.client = None
        self.lines = []
        world.services.append(self)

    # -- start and end

    def start(self, wait=True):
        self.started = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.world.program] + ["--%s=%s" % item
                                        for item in self.settings.items()],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True, text=True)
        threading.Thread(target=self.read_lines, daemon=True,
                         args=(self.process.stdout,)).start()
        if wait:
            self.wait_ready()
        return self

    def read_lines(self, stream):
        with stream:
            for line in stream:
                self.lines.append(line)

    def wait_ready(self, seconds=15):
        def is_ready():
            if self.process.poll() is not None:
                raise Wrong("the service ended with %d: %s" % (
                    self.process.returncode, self.log()[-500:]))
            return any(READY.search(line) for line in self.lines)
        eventually(is_ready, seconds, "the service is ready")
        self.set_url(next(filter(None, map(READY.search, self.lines)))[1])

    def set_url(self, url):
        self.url = url
        self.client = Client(url)

    def url_from_log(self):
        """For a service that never becomes ready."""
        found = eventually(
            lambda: re.search(r"url=(http://\S+) starting", self.log()), 5,
            "the log says the address")
        self.set_url(found[1])

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait_end(self, seconds):
        """Waits for the supervisor; gives its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Wrong("it did not end within %s s" % seconds) from None

    def stop(self):
        """Ends it as a user would, whatever happened before."""
        if self.process is None or self.process.poll() is not None:
            return
        self.remember()
        self.signal(signal.SIGTERM)
        self.wait_end(8)
        self.check_gone()

    def destroy(self):
        """For the end of a test that failed: nothing may be left."""
        if self.process is not None and self.process.poll() is None:
            self.remember()
            self.process.kill()
            self.process.wait()
        left = {p for p in self.seen if is_alive(p)}
        for pid in [p[0] for p in left] + [
                p[0] for p in processes_of_uids(self.uid_first, self.UIDS)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            for container in self.engine.containers(self.instance):
                self.engine.remove(container["Id"])
        except OSError:
            pass

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.stop()
        else:
            self.destroy()

    # -- what there is

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def remember(self):
        """Notes its processes, to look for them later."""
        pid = self.process.pid
        stat = stat_of(pid)
        if stat:
            self.seen.add((pid, stat[1]))
            self.seen |= children_of(pid)
        return self.seen

    def stats(self):
        answer = self.client.get("/admin/stats")
        equal(answer.status, 200, "status of /admin/stats")
        return answer.json()

    def processes(self, role=None):
        """The children, as the stats have them."""
        service = self.stats()["service"]
        check(service is not None, "the supervisor gave no statistics")
        return [p for p in service["processes"] if role in (None, p["role"])]

    def pid_of(self, role, index=0):
        self.remember()
        return next(p["pid"] for p in self.processes(role)
                    if p["index"] == index)

    def containers(self):
        return self.engine.containers(self.instance)

    def container_ids(self):
        return {c["Id"] for c in self.containers()}

    def language(self, name="python"):
        return self.stats()["pool"]["languages"][name]

    def is_at_rest(self):
        """As many containers as wanted or more, for those that were lent at
        the same time come back; all idle, none besides."""
        stats = self.stats()
        if stats["pool"] is None or stats["web"]["runs_in_flight"]:
            return False
        idle = 0
        for language in stats["pool"]["languages"].values():
            idle += language["idle"]
            if language["idle"] < language["idle_wanted"] or any(
                    language[what] for what in
                    ("leased", "creating", "destroying", "waiting")):
                return False
        found = self.containers()
        return len(found) == idle and all(
            c["State"] == "paused" for c in found)

    def wait_rest(self, seconds=15):
        """Nothing is under way, and no container has been forgotten."""
        try:
            eventually(self.is_at_rest, seconds, "rest")
        except Wrong as error:
            raise Wrong("the service does not come to rest: %s; %s" % (
                [(c["Names"], c["State"]) for c in self.containers()],
                self.stats()["pool"]["languages"])) from error
        # Its containers hold four each: pid 1, the runner, and the next
        # sandbox's keeper and waiting process.
        left = processes_of_uids(self.uid_first, self.UIDS)
        check(len(left) <= 4 * len(self.containers()),
              "processes of programs are left", left)

    def wait_leased(self, n=1, language="python"):
        eventually(lambda: self.language(language)["leased"] == n, 5,
                   "%d containers are lent" % n)

    def check_unhurt(self, before):
        """The processes are those of `before`, and it still serves."""
        equal([p["pid"] for p in self.processes()],
              [p["pid"] for p in before], "processes of the service")

    def check_no_container(self):
        equal(self.containers(), [], "containers of the instance")
        equal(processes_of_uids(self.uid_first, self.UIDS), [],
              "processes of containers")

    def check_no_process(self, seconds=0.5):
        eventually(lambda: not any(map(is_alive, self.seen)), seconds,
                   "no process of the service is left")

    def check_gone(self):
        self.check_no_process()
        self.check_no_container()


class World:
    """What all tests share."""

    def __init__(self, program, languages, temp):
        self.program = os.path.abspath(program)
        self.languages = os.path.abspath(languages)
        self.temp = temp
        self.prefix = "test-%08x" % random.getrandbits(32)
        self.engine = Engine()
        self.services = []
        self.common = {}
        self.marks = {}

    def service(self, name, environment=None, engine=None, **settings):
        return Service(self, name, settings, environment, engine)

    def keep(self, name, **settings):
        """A service that several tests use; started for the first."""
        service = self.common.get(name)
        if service is None or service.process.poll() is not None:
            service = self.common[name] = self.service(name, **settings)
            service.start()
        return service

    @property
    def shared(self):
        """All three languages, and the defaults of a run."""
        return self.keep("shared", pool_idle="2,python=4", workers=2)

    @property
    def small(self):
        """Small limits, so that tests of them are short."""
        return self.keep(
            "small", languages="python,bash", pool_idle="1,python=4",
            run_wall_ms=1000, run_wall_ms_max=4000, run_cpu_ms=400,
            run_cpu_ms_max=1500, run_memory_mb=64, run_memory_mb_max=128,
            run_processes=8, run_processes_max=32, run_output_kb=4,
            run_output_kb_max=64, run_file_mb=1, run_open_files=32,
            run_tmp_mb=8, run_tmp_inodes=100, http_client_runs=6,
            http_connections=40, http_read_ms=1000, http_idle_ms=1500,
            allowed_hosts="code.example:8080,other.example")

    # -- logs of a test that failed

    def mark(self):
        """A test begins."""
        self.marks = {s: os.path.getsize(s.log_path)
                      for s in self.services if os.path.exists(s.log_path)}

    def logs_since_mark(self, lines=60):
        for service in self.services:
            if not os.path.exists(service.log_path):
                continue
            with open(service.log_path, "rb") as file:
                file.seek(self.marks.get(service, 0))
                text = file.read().decode(errors="replace").splitlines()
            if text:
                yield "log of %s, last %d of %d lines:" % (
                    service.instance, min(lines, len(text)), len(text))
                yield from text[-lines:]

    def end_strays(self):
        """What a test that failed has not ended itself."""
        for service in self.services:
            if service not in self.common.values():
                service.destroy()

    def end(self):
        """Ends all services; says what was left of them."""
        left = []
        for service in self.services:
            try:
                service.stop()
            except Exception as error:
                left.append("%s: %s" % (service.instance, error))
                service.destroy()
        return left
