"""Containers: how they are made, lent, and what happens when many want one."""

import json
import os
import random
import struct
import subprocess
import time

from cases import between, case, check, equal, eventually, has
from client import Waiting

SLEEP = "import time\nprint('begun')\ntime.sleep(%g)\nprint('done')"


# ---- the outer wall ---------------------------------------------------------

@case
def containers_as_docker_shows_them(world):
    service = world.shared
    service.wait_rest()
    users = set()
    listed = service.containers()
    between(8, len(listed), 48, "containers at rest")
    for container in listed:
        equal(container["State"], "paused", "state")
        has("(Paused)", container["Status"], "docker ps")
        made = world.engine.inspect(container["Id"])
        host, config = made["HostConfig"], made["Config"]
        wanted = {
            "NetworkMode": "none", "ReadonlyRootfs": True,
            "CapDrop": ["ALL"], "CapAdd": None, "Privileged": False,
            "Binds": None, "IpcMode": "private", "PidMode": "",
            "UTSMode": "", "UsernsMode": "", "VolumesFrom": None,
            "PublishAllPorts": False, "GroupAdd": None,
            "Memory": 256 << 20, "MemorySwap": 256 << 20,
            "NanoCpus": 10**9, "PidsLimit": 67, "AutoRemove": False,
        }
        equal({name: host.get(name) for name in wanted}, wanted,
              "HostConfig")
        equal(host["LogConfig"]["Type"], "none", "log driver")
        check(not host.get("Devices") and not host.get("DeviceRequests")
              and not host.get("PortBindings"), "devices or ports", host)
        equal(made["Mounts"], [], "mounts")
        equal(sorted(host["Tmpfs"]), ["/home/sandbox", "/tmp"], "tmpfs")
        for options in host["Tmpfs"].values():
            for word in ("size=64m", "nr_inodes=16384", "nosuid", "nodev"):
                has(word, options.split(","), "tmpfs options")
        check(host["RestartPolicy"]["Name"] in ("", "no"), "restart", host)
        options = host["SecurityOpt"]
        check(any(o in ("no-new-privileges", "no-new-privileges:true")
                  for o in options), "no-new-privileges", options)
        profile = next(json.loads(o.split("=", 1)[1]) for o in options
                       if o.startswith("seccomp="))
        check(profile["defaultAction"] in ("SCMP_ACT_ERRNO", "SCMP_ACT_KILL",
                                           "SCMP_ACT_KILL_PROCESS"),
              "seccomp", profile["defaultAction"])
        check(profile["syscalls"], "seccomp", profile)
        uid, gid = map(int, config["User"].split(":"))
        check(uid == gid and service.uid_first <= uid <
              service.uid_first + service.UIDS, "user", config["User"])
        users.add(uid)
        check(not config.get("OpenStdin") and not config["Tty"], "stdin")
    equal(len(users), len(listed), "different users")


@case
def containers_as_the_kernel_shows_them(world):
    service = world.shared
    service.wait_rest()
    for container in service.containers()[:3]:
        pid = world.engine.inspect(container["Id"])["State"]["Pid"]
        with open("/proc/%d/status" % pid, encoding="latin-1") as file:
            said = dict(line.rstrip("\n").split(":\t", 1) for line in file
                        if ":\t" in line)
        for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            equal(int(said[name], 16), 0, name)
        equal(said["NoNewPrivs"], "1", "NoNewPrivs")
        equal(said["Seccomp"], "2", "Seccomp")
        for uid in said["Uid"].split() + said["Gid"].split():
            check(int(uid) >= service.uid_first, "ids", said["Uid"])
        equal(said["Groups"].strip() in ("", said["Gid"].split()[0]), True,
              "groups " + said["Groups"])


@case
def containers_from_inside(world):
    client = world.shared.client
    got = client.output("""
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
for c in apt dpkg pip pip3 npm gcc sudo; do command -v $c; done
find / -xdev -perm /6000 2>/dev/null
touch /x /usr/x /etc/x /dev/x 2>&1 | grep -cE "denied|Read-only"
""", language="bash").split("\n")
    equal([l.split()[1].strip("0") for l in got[:4]], ["", "", "1", "2"],
          "status")
    equal(got[4:], ["4"], "package managers, set-uid files, writable places")


# ---- many at once -----------------------------------------------------------

def crowd(service, n, seconds):
    """n programs at once; checks the answers; gives how many were run."""
    def one(i):
        return Waiting(lambda: service.client.post({
            "code": "echo \"marker-%d-$1-$(cat)\"" % i, "language": "bash",
            "args": ["a%d" % i], "stdin": "s%d" % i}, timeout=seconds))

    waiting = [one(i) for i in range(n)]
    most = 0
    while not all(w.is_over() for w in waiting):
        most = max(most, len(service.containers()))
        time.sleep(0.1)
    ids, ran, refused = set(), 0, 0
    for i, request in enumerate(waiting):
        answer = request.get(seconds)
        if answer.status == 200:
            got = answer.json()
            equal((got["status"], got["stdout"], got["stderr"]),
                  ("ok", "marker-%d-a%d-s%d\n" % (i, i, i), ""),
                  "answer %d" % i)
            ids.add(got["id"])
            ran += 1
        else:
            answer.fault(503, "busy")
            check(int(answer.headers["Retry-After"]) >= 1, "Retry-After")
            refused += 1
    equal((ran + refused, len(ids)), (n, ran), "answers")
    between(1, most, 4, "containers at a time")
    service.wait_rest()
    stats = service.stats()
    equal(stats["runs"]["by_status"]["ok"], ran, "ok in the stats")
    equal(stats["runs"]["refused"]["busy"], refused, "busy in the stats")
    equal(stats["pool"]["granted"], ran, "granted in the stats")
    return ran


@case(deadline=90)
def two_hundred_at_once_against_four(world):
    with world.service("crowd", languages="bash", pool_idle=4, pool_total=4,
                       pool_queue_ms=60000, log_level="info") as service:
        equal(crowd(service, 200, 80), 200, "programs that were run")


@case(deadline=60)
def two_hundred_at_once_and_a_short_queue(world):
    with world.service("queue", languages="bash", pool_idle=4, pool_total=4,
                       pool_queue=12, log_level="info") as service:
        between(12, crowd(service, 200, 50), 199, "programs that were run")


@case
def no_queue_at_all(world):
    with world.service("noqueue", languages="bash", pool_idle=1, pool_total=1,
                       pool_queue=0) as service:
        service.wait_rest()
        first = service.client.start("sleep 0.5; echo 1", language="bash")
        service.wait_leased(1, "bash")
        service.client.post({"code": "echo 2"}).fault(503, "busy")
        equal(first.get(5).json()["output"], "1", "the first")


@case
def exactly_as_many_user_ids_as_containers(world):
    """Each container waits for one of its own; fewer are refused at start."""
    with world.service("uids", languages="bash", pool_idle=1, pool_total=3,
                       uid_count=3) as service:
        waiting = [service.client.start("echo %d; sleep 0.2" % i,
                                        language="bash") for i in range(8)]
        for i, request in enumerate(waiting):
            answer = request.get(15)
            equal(answer.status, 200, "status of %s" % answer)
            equal(answer.json()["output"], str(i), "output")


@case
def a_wait_that_is_too_long(world):
    with world.service("wait", languages="python", pool_idle=1, pool_total=1,
                       pool_queue_ms=700) as service:
        first = service.client.start(SLEEP % 2)
        service.wait_leased()
        began = time.monotonic()
        service.client.post({"code": "print(1)"}).fault(503, "busy")
        between(0.65, time.monotonic() - began, 1.7, "seconds of waiting")
        equal(service.client.get("/readyz").status, 503, "readyz")
        equal(first.get(5).json()["stdout"], "begun\ndone\n", "the first")
        service.wait_rest()
        equal(service.client.get("/readyz").status, 200, "readyz")


@case
def old_containers_are_replaced(world):
    with world.service("age", languages="bash", pool_idle=2,
                       pool_age_s=1) as service:
        service.wait_rest()
        first = service.container_ids()
        eventually(lambda: not first & service.container_ids(), 8,
                   "all are replaced")
        check(service.stats()["pool"]["destroyed"]["pool_age"] >= 2, "stats",
              service.stats()["pool"])
        check(service.language("bash")["idle"] >= 1, "one is always idle")


# ---- lent again -----------------------------------------------------------

@case
def recycled_and_fresh_containers(world):
    with world.service("reuse", languages="bash", pool_idle=1,
                       pool_total=3) as service:
        service.wait_rest()
        walled = service.language("bash")["walled"]
        first = service.client.run("echo 1", language="bash")
        equal(first["recycled"], False, "the first run")
        service.wait_rest()
        equal(service.client.run("echo 2", language="bash")["recycled"],
              walled, "the second run")
        for i in range(4):
            got = service.client.run("echo %d" % i, language="bash",
                                     fresh=True)
            equal((got["recycled"], got["output"]), (False, str(i)), "fresh")
        service.wait_rest()
        stats = service.stats()["pool"]
        check(stats["languages"]["bash"]["recycled"] > 0 or not walled,
              "recycled", stats)
        equal(stats["reuse"], "always", "reuse")
    with world.service("once", languages="bash", pool_idle=1,
                       reuse="never") as service:
        for _ in range(3):
            equal(service.client.run("echo 1", language="bash")["recycled"],
                  False, "with reuse=never")
            service.wait_rest()
        equal(service.stats()["pool"]["destroyed"]["reuse_off"], 3, "reasons")
    world.shared.client.post({"code": "", "fresh": 1}).fault(
        400, "invalid_field", "fresh is 1, expected true or false")


# ---- clients that leave -----------------------------------------------------

@case
def clients_that_leave(world):
    with world.service("leave", languages="python", pool_idle=1, pool_total=2,
                       workers=2) as service:
        client = service.client
        service.wait_rest()
        for reset in (False, True):
            before = service.stats()
            opened = [client.open() for _ in range(3)]
            for raw in opened:      # two run, the third waits
                raw.send(client.order_bytes({"code": SLEEP % 60}))
            eventually(lambda: service.language()["leased"] == 2
                       and service.language()["waiting"] == 1, 5,
                       "two run, one waits")
            ids = service.container_ids()
            for raw in opened:
                raw.close(reset=reset)
            began = time.monotonic()
            equal(client.output("print('room')"), "room", "capacity")
            check(time.monotonic() - began < 3, "capacity came late")
            service.wait_rest()
            after = service.stats()
            equal(after["runs"]["by_status"]["cancelled"]
                  - before["runs"]["by_status"]["cancelled"], 3, "cancelled")
            equal(after["pool"]["destroyed"]["cancelled"]
                  - before["pool"]["destroyed"]["cancelled"], 2, "destroyed")
            check(not ids & service.container_ids(), "their containers live")


# ---- others at our containers -----------------------------------------------

@case
def idle_containers_are_removed_killed_and_unpaused(world):
    service = world.shared
    before = service.processes()
    for name in ("remove", "kill", "unpause"):
        service.wait_rest()
        died = service.stats()["pool"]["destroyed"]["container_died"]
        victims = [c["Id"] for c in service.containers()
                   if c["Labels"]["safe-code-executor.language"] == "python"]
        check(len(victims) >= 4, "idle containers of python", victims)
        for victim in victims:      # the whole shelf
            status = getattr(world.engine, name)(victim)
            check(status in (204, 409), name, status)
        # One of these may still be given: then it is as good as any.
        equal(service.client.output("print('%s')" % name), name, "a program")
        service.wait_rest()
        check(not set(victims) & service.container_ids(),
              "%s: a container that was touched is kept" % name)
        between(len(victims) - 1, service.stats()["pool"]["destroyed"][
            "container_died"] - died, len(victims), "container_died")
    service.check_unhurt(before)


def lent_container(service, code):
    """A program under way, and the container it has."""
    service.wait_rest()
    before = service.container_ids()
    request = service.client.start(code, limits={"wall_ms": 4000})
    service.wait_leased()
    # Docker still shows it as paused: ask the kernel who is awake.
    for container in before:
        pid = service.engine.inspect(container)["State"]["Pid"]
        with open("/proc/%d/cgroup" % pid, encoding="utf8") as file:
            path = next((l.rstrip("\n").split(":", 2)[2] for l in file
                         if ":freezer:" in l or l.startswith("0::")), "")
        for place, awake in [("/sys/fs/cgroup/freezer%s/freezer.state",
                              "THAWED"), ("/sys/fs/cgroup%s/cgroup.freeze",
                                          "0")]:
            try:
                with open(place % path, encoding="utf8") as file:
                    if file.read().strip() == awake:
                        return request, container
            except OSError:
                continue
    check(False, "which container is lent?")


@case
def lent_containers_are_removed_and_killed(world):
    service = world.shared
    before = service.processes()
    for name in ("remove", "kill"):
        request, container = lent_container(service, SLEEP % 30)
        began = time.monotonic()
        getattr(world.engine, name)(container)
        request.get(5).fault(502, "container_lost")
        check(time.monotonic() - began < 3, "it was told late")
        equal(service.client.output("print(1)"), "1", "the next program")
        service.wait_rest()
        check(container not in service.container_ids(), "it is kept", name)
    service.check_unhurt(before)


@case
def a_lent_container_is_unpaused(world):
    """It was thawed without Docker, which still shows it as paused."""
    service = world.shared
    request, container = lent_container(service, SLEEP % 1.5)
    world.engine.unpause(container)
    got = request.get(5).json()
    equal((got["status"], got["stdout"]), ("ok", "begun\ndone\n"), "answer")
    service.wait_rest()


@case
def a_lent_container_is_paused(world):
    """Its program stands still; our clock does not."""
    service = world.shared
    service.wait_rest()
    request, container = lent_container(service, SLEEP % 30)
    world.engine.unpause(container)
    world.engine.call("POST", "/containers/%s/pause" % container)
    answer = request.get(6)
    if answer.status == 200:
        equal(answer.json()["status"], "timeout", "status")
    else:
        answer.fault(502, "container_lost")
    service.wait_rest()


# ---- hosts that forbid the inner wall -----------------------------------------

def greeting_of(world, *options):
    """What the runner says in a container with these options."""
    uid = random.randrange(300000, 400000)
    with open(os.path.join(world.languages, "bash.json")) as file:
        image = json.load(file)["image"]
    with subprocess.Popen(
            ["docker", "run", "--rm", "-i", "--network=none", "--read-only",
             "--user=%d:%d" % (uid, uid), "--cap-drop=ALL",
             "--security-opt=no-new-privileges",
             "--security-opt=apparmor=unconfined", "--tmpfs=/tmp",
             "--tmpfs=/home/sandbox", "--ulimit=core=1:1", *options, image,
             "/sce/runner", "serve", "4", "100"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE) as runner:
        said = runner.stdout.read(14)
        said += runner.stdout.read(struct.unpack("<I", said[:4])[0] - 9)
        runner.stdin.close()
    version, walled, n = struct.unpack_from("<IBI", said, 5)
    return bool(walled), said[14:14 + n].decode()


@case
def a_host_that_forbids_user_namespaces(world):
    """As Docker's own profile does, and some kernels' settings."""
    equal(greeting_of(world),
          (False, "cannot clone with new namespaces: Operation not permitted"),
          "greeting")


@case
def an_engine_that_masks_proc(world):
    equal(greeting_of(world, "--security-opt=seccomp=unconfined"),
          (False, "cannot mount proc on proc: Operation not permitted"),
          "greeting")
    equal(greeting_of(world, "--security-opt=seccomp=unconfined",
                      "--security-opt=systempaths=unconfined"),
          (True, ""), "greeting")
