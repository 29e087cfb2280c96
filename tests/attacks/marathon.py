"""A thousand programs in one container leave it as it was.

Seen from the host: memory of its control group, its processes, and the
descriptors of the runner.
"""

import glob
import os
import random
import subprocess

import harness

RUNS = 1000
FEW = 10            # after so many it has what it needs
SLACK_KB = 2048     # the kernel's own per-CPU caches come and go

PROGRAMS = [        # code, status
    ("echo hello", "ok"),
    ("echo wrong >&2; exit 3", "error"),
    ("kill -SEGV $$", "signal"),
    ("for i in 1 2 3; do echo $i >/tmp/$i; done; cat /tmp/*", "ok"),
    ("ls -l / | sort | wc -l", "ok"),
    ("sleep 100 & setsid sleep 100 & echo left", "ok"),
    ("head -c 300000 /dev/zero | tr '\\0' x >~/file; wc -c ~/file", "ok"),
    ("(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null; echo loopback", "ok"),
    ("mkfifo /tmp/f; ln -s / /tmp/l; mkdir -m 0 /tmp/d; echo traps", "ok"),
    ("ipcmk -Q >/dev/null; ipcmk -M 100000 >/dev/null; echo ipc", "ok"),
    ("x=$(seq 20000); echo ${#x}", "ok"),
    ("cat", "ok"),
]


class Container:
    """The container of a service that has one, as the host sees it."""

    def __init__(self, service):
        self.id = next(iter(service.container_ids()))
        self.pid = service.engine.inspect(self.id)["State"]["Pid"]
        self.groups = [path for path in
                       glob.glob("/sys/fs/cgroup/docker/" + self.id)
                       + glob.glob("/sys/fs/cgroup/*/docker/" + self.id)
                       + glob.glob("/sys/fs/cgroup/system.slice/docker-%s.scope"
                                   % self.id)
                       + glob.glob("/sys/fs/cgroup/*/system.slice/"
                                   "docker-%s.scope" % self.id)]

    def read(self, name):
        """Of the first group that has this file."""
        for group in self.groups:
            try:
                with open(os.path.join(group, name), encoding="ascii") as file:
                    return file.read()
            except OSError:
                pass
        raise harness.Skip("there is no %s of the container" % name)

    def processes(self):
        """[(name, descriptors)], in order."""
        found = []
        for pid in self.read("cgroup.procs").split():
            with open("/proc/%s/comm" % pid, encoding="ascii") as file:
                name = file.read().strip()
            found.append((name, len(os.listdir("/proc/%s/fd" % pid))))
        return sorted(found)

    def memory_kb(self):
        """All that counts for it, the kernel's too, but for file caches."""
        stat = {name: int(value) for name, value in (
            line.split() for line in self.read("memory.stat").splitlines())}
        if "rss" in stat:           # cgroup v1
            used = int(self.read("memory.usage_in_bytes"))
            spare = stat["cache"] - stat["shmem"]
        else:
            used = int(self.read("memory.current"))
            spare = stat["file"] - stat["shmem"] + stat["slab_reclaimable"]
        return (used - spare) >> 10


def settings(world):
    """A container that is used as often as we like, where there is a limit."""
    said = subprocess.run([world.program, "--help"], stdout=subprocess.PIPE,
                          text=True, check=False).stdout
    return {"reuse_runs": 10 * RUNS} if "reuse_runs" in said else {}


def run_some(client, dice, runs):
    for _ in range(runs):
        code, status = dice.choice(PROGRAMS)
        got = client.run(code, language="bash", stdin="some input")
        assert got["status"] == status, (code, got)


def check(world):
    target = world.service("marathon", languages="bash", pool_idle=1,
                           pool_total=1, workers=1, **settings(world))
    harness.at_end(target.stop)
    target.start()
    client = target.client
    for _ in range(2):
        got = client.run("echo", language="bash")
    if not got.get("recycled"):
        raise harness.Skip("each container is used once here")
    dice = random.Random(1)
    run_some(client, dice, FEW)
    target.wait_rest()
    container = Container(target)
    before = container.processes(), container.memory_kb()
    run_some(client, dice, RUNS)
    target.wait_rest()
    # No other container was made, and so nothing was asked of Docker.
    harness.equal(target.container_ids(), {container.id})
    harness.equal(container.processes(), before[0])
    grown = container.memory_kb() - before[1]
    assert grown < SLACK_KB, "%d KB more after %d runs" % (grown, RUNS)
