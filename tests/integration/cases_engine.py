"""Docker is not there, goes, and comes back: an engine of the test's own."""

import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from cases import case, check, equal, eventually
from engine import Engine
from service import children_of, is_alive, stat_of

SLEEP = "sleep %g; echo done"


class OwnEngine:
    """A dockerd with nothing but its socket and a folder on disk."""

    def __init__(self, world):
        self.run = os.path.join(world.temp, "engine")
        os.mkdir(self.run)
        self.data = tempfile.mkdtemp(prefix="sce-test-engine-",
                                     dir="/var/tmp")
        self.engine = Engine(os.path.join(self.run, "docker.sock"))
        self.seen = set()
        self.ids = set()
        self.process = None

    def start(self):
        with open(os.path.join(self.run, "log"), "ab") as log:
            self.process = subprocess.Popen(
                ["dockerd", "--data-root", self.data,
                 "--exec-root", os.path.join(self.run, "x"),
                 "--pidfile", os.path.join(self.run, "pid"),
                 "-H", "unix://" + self.engine.path, "--iptables=false",
                 "--ip-masq=false", "--bridge=none"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait(self):
        eventually(self.engine.answers, 15, "the engine answers")
        self.remember()

    def remember(self):
        """dockerd, its containerd, and the shims of that."""
        fresh = {(self.process.pid, stat_of(self.process.pid)[1])}
        fresh |= children_of(self.process.pid)
        self.seen |= fresh
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open("/proc/%s/cmdline" % name, "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            stat = stat_of(int(name))
            # Ours have our own folder in an argument.
            if stat and any(self.run.encode() in word for word in words[1:]):
                self.seen.add((int(name), stat[1]))

    def kill(self):
        """As when it crashes: its containerd goes with it."""
        self.remember()
        self.ids |= {c["Id"] for c in self.engine.call(
            "GET", "/containers/json?all=true")[1]}
        inner = children_of(self.process.pid)
        self.process.kill()
        self.process.wait()
        eventually(lambda: not any(map(is_alive, inner)), 5,
                   "its containerd has ended")
        # Who nobody has buried yet would pass for one that runs.
        path = os.path.join(self.run, "x", "containerd", "containerd.pid")
        if os.path.exists(path):
            os.unlink(path)

    def cgroups(self):
        """Of its containers; what it did not remove itself."""
        return [path for path in glob.glob("/sys/fs/cgroup/docker/*")
                + glob.glob("/sys/fs/cgroup/*/docker/*")
                + glob.glob("/sys/fs/cgroup/system.slice/docker-*.scope")
                + glob.glob("/sys/fs/cgroup/*/system.slice/docker-*.scope")
                if any(i in path for i in self.ids)]

    def end_containers(self):
        """Those that outlived it are frozen, and die when they are not."""
        for path in self.cgroups():
            try:
                with open(path + "/cgroup.procs", encoding="utf8") as file:
                    for pid in file.read().split():
                        os.kill(int(pid), signal.SIGKILL)
                name, word = next(w for w in (
                    ("freezer.state", "THAWED"), ("cgroup.freeze", "0"))
                    if os.path.exists(os.path.join(path, w[0])))
                with open(os.path.join(path, name), "w") as file:
                    file.write(word)
            except (OSError, StopIteration):
                pass

        def all_removed():
            for path in self.cgroups():
                try:
                    os.rmdir(path)
                except OSError:
                    pass
            return not self.cgroups()

        eventually(all_removed, 5, "its containers' cgroups are removed")

    def log_tail(self):
        with open(os.path.join(self.run, "log"), encoding="utf8") as file:
            lines = file.read().splitlines()[-25:]
        return "".join("    # dockerd: %s\n" % l[:300] for l in lines)

    def mounts(self):
        with open("/proc/mounts", encoding="utf8") as file:
            places = [line.split()[1] for line in file]
        return [p for p in places if p.startswith((self.run, self.data))]

    def end(self):
        """Everything of it, in whatever state it is."""
        if self.process.poll() is None:
            self.remember()
            try:
                for container in self.engine.call(
                        "GET", "/containers/json?all=true")[1]:
                    self.engine.remove(container["Id"])
            except OSError:
                pass
            self.process.terminate()
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for process in self.seen:
            if is_alive(process):
                os.kill(process[0], signal.SIGKILL)
        self.end_containers()
        eventually(lambda: not any(map(is_alive, self.seen)), 5,
                   "the engine's processes have ended")
        for place in reversed(self.mounts()):
            subprocess.run(["umount", "-l", place], check=True)
        shutil.rmtree(self.data)
        shutil.rmtree(self.run)


def image_of(world, language):
    with open(os.path.join(world.languages, language + ".json"),
              encoding="utf8") as file:
        return json.load(file)["image"]


def refused_meanwhile(service):
    answer = service.client.post({"code": "echo 1"})
    answer.fault(503, "engine_unavailable", "Docker")
    equal(service.client.get("/readyz").status, 503, "readyz")
    equal(service.client.get("/healthz").status, 200, "healthz")
    stats = service.stats()
    equal(stats["pool"]["docker"]["state"], "down", "docker in the stats")
    check(stats["pool"]["docker"]["problem"], "no problem in the stats")


@case(deadline=90)
def engine_is_killed_and_started_again(world):
    own = OwnEngine(world)
    try:
        own.start()
        own.wait()
        world.engine.copy_image(image_of(world, "bash"), own.engine)
        # By DOCKER_HOST, as the docker command takes it.
        service = world.service(
            "engine", engine=own.engine, languages="bash", pool_idle=2,
            docker_retry_max_ms=500, environment={
                "DOCKER_HOST": "unix://" + own.engine.path})
        with service:
            engine_dies(service, own)
            engine_dies(service, own, while_running=False)
            service.wait_rest()
            equal([p["restarts"] for p in service.processes()],
                  [0] * len(service.processes()), "restarts")
    except BaseException:
        print(own.log_tail())
        raise
    finally:
        own.end()
    equal(own.mounts(), [], "mounts")


def engine_dies(service, own, while_running=True):
    service.wait_rest()
    before = service.container_ids()
    pids = service.processes()
    request = None
    if while_running:
        request = service.client.start(SLEEP % 30)
        service.wait_leased(1, "bash")
    own.kill()
    if request:
        request.get(5).fault(502, "container_lost")
    eventually(lambda: service.stats()["pool"]["docker"]["state"] == "down",
               3, "it is noticed")
    refused_meanwhile(service)
    own.start()
    refused = 0
    while True:                     # it recovers by itself
        answer = service.client.post({"code": "echo back"})
        if answer.status == 200:
            break
        answer.fault(503, "engine_unavailable")
        refused += 1
        check(refused < 200, "it does not recover", answer)
        time.sleep(0.1)
    equal(answer.json()["output"], "back", "output")
    own.wait()
    service.wait_rest()
    check(not before & service.container_ids(), "containers from before")
    service.check_unhurt(pids)


@case
def engine_is_not_there_at_all(world):
    service = world.service("noengine", languages="bash", docker_host="unix://"
                            + os.path.join(world.temp, "no.sock"))
    service.start(wait=False)
    service.url_from_log()
    eventually(lambda: service.client.get("/healthz").status == 200, 5,
               "it serves")
    refused_meanwhile(service)
    check("ready" not in "".join(service.lines), "it says that it is ready")
    service.remember()
    service.signal(signal.SIGTERM)
    equal(service.wait_end(5), 0, "exit code")
    service.check_no_process()


@case
def an_image_is_not_there(world):
    """One language is broken: that is said, and the others are served."""
    folder = os.path.join(world.temp, "languages")
    shutil.copytree(world.languages, folder)
    path = os.path.join(folder, "javascript.json")
    with open(path, encoding="utf8") as file:
        language = json.load(file)
    language["image"] = "safe-code-executor/javascript:000000000000"
    with open(path, "w", encoding="utf8") as file:
        json.dump(language, file)
    service = world.service("noimage", languages="javascript,bash",
                            pool_idle=1, languages_dir=folder,
                            pool_queue_ms=500)
    service.start(wait=False)
    service.url_from_log()
    eventually(lambda: service.stats()["pool"]["languages"]["bash"]["idle"],
               5, "bash is there")
    equal(service.client.output("echo 1", language="bash"), "1", "bash")
    service.client.post({"code": "", "language": "javascript"}).fault(
        503, "engine_unavailable", "000000000000")
    answer = service.client.get("/readyz")
    equal((answer.status, answer.json()["waiting_for"]),
          (503, ["javascript"]), "readyz")
    check("000000000000" in service.log(), "the log does not say which")
    service.stop()
