"""What the service says of itself: the page, languages, health, stats, log."""

import re

from cases import between, case, check, equal, eventually, has

VERSIONS = {
    "python": "import platform; print(platform.python_version())",
    "javascript": "console.log(process.versions.node)",
    "bash": "IFS=.; echo \"${BASH_VERSINFO[*]:0:3}\"",
}


@case
def healthz(world):
    answer = world.shared.client.get("/healthz")
    equal((answer.status, answer.json()), (200, {"status": "ok"}), "healthz")


@case
def readyz(world):
    world.shared.wait_rest()
    answer = world.shared.client.get("/readyz")
    equal((answer.status, answer.json()),
          (200, {"status": "ready", "waiting_for": []}), "readyz")


@case
def languages_and_their_versions(world):
    client = world.shared.client
    said = client.get("/languages").json()["languages"]
    equal(sorted(l["name"] for l in said), ["bash", "javascript", "python"],
          "languages")
    equal([l["name"] for l in said if l["default"]], ["python"], "default")
    for language in said:
        name = language["name"]
        equal(language["version"],
              client.output(VERSIONS[name], language=name),
              "version of " + name)
        check(re.fullmatch("[a-z0-9]+", language["extension"]), "extension",
              language)
        check(language["aliases"] and language["title"], "names", language)
        # A container has waited since the start, so it is known.
        pool = world.shared.language(name)
        equal((language["walled"], language.get("wall_problem")),
              (pool["walled"], pool["wall_problem"]), "wall of " + name)
        check(language["walled"] or language["wall_problem"], "wall",
              language)
        got = client.run(language["example"], language=name)
        equal((got["status"], got["stderr"]), ("ok", ""), "its example")
        check(got["output"], "its example writes nothing", name)


@case
def page_and_examples(world):
    client = world.shared.client
    page = client.get("/")
    equal((page.status, page.headers["Content-Type"]),
          (200, "text/html; charset=utf-8"), "the page")
    has("default-src 'none'", page.headers["Content-Security-Policy"], "CSP")
    for path in set(re.findall(r'(?:src|href)="(/[^"]+)"',
                               page.body.decode())):
        part = client.get(path)
        equal(part.status, 200, path)
        again = client.get(path, {"If-None-Match": part.headers["ETag"]})
        equal((again.status, again.body), (304, b""), "again " + path)
    examples = client.get("/examples").json()["examples"]
    equal(sorted(e["name"] for e in examples),
          ["fork_bomb", "infinite_loop", "memory_attack", "network_attack",
           "output_flood", "read_passwd", "write_root", "write_tmp"],
          "examples")
    for example in examples:
        check(example["title"] and example["what"] and example["code"],
              "an example", example)


@case
def stats_shape(world):
    service = world.shared
    service.wait_rest()
    stats = service.stats()
    equal(stats["unavailable"], [], "unavailable")
    about = stats["service"]
    equal((about["instance"], about["url"], about["state"], about["pid"]),
          (service.instance, service.url, "serving", service.process.pid),
          "service")
    equal([(p["role"], p["index"]) for p in about["processes"]],
          [("pool", 0), ("worker", 0), ("worker", 1), ("web", 0)],
          "processes")
    for p in about["processes"]:
        equal((p["state"], p["restarts"], p["last_death"]),
              ("ready", 0, None), "process %s" % p)
        between(0, p["uptime_s"], about["uptime_s"], "uptime_s")
        equal(service.process.pid, int(open(
            "/proc/%d/stat" % p["pid"], encoding="latin-1").read().rsplit(
            ")", 1)[1].split()[1]), "parent of %s" % p)
    pool = stats["pool"]
    equal(pool["docker"]["state"], "up", "docker")
    equal(pool["docker"]["version"],
          world.engine.call("GET", "/version")[1]["Version"], "version")
    equal(sorted(pool["languages"]), ["bash", "javascript", "python"],
          "languages")
    for name, language in pool["languages"].items():
        equal({w: language[w] for w in (
            "leased", "creating", "destroying", "waiting", "problem")}, {
            "leased": 0, "creating": 0, "destroying": 0, "waiting": 0,
            "problem": None}, name)
        check(language["idle"] >= (4 if name == "python" else 2), "idle",
              language)
    equal(pool["created"],
          sum(l["idle"] for l in pool["languages"].values()) +
          sum(n for why, n in pool["destroyed"].items()
              if why != "create_failed"), "containers made")


@case
def stats_count(world):
    service = world.shared
    service.wait_rest()
    before = service.stats()
    wanted = {"ok": 3, "error": 1, "signal": 1, "timeout": 1,
              "cpu_timeout": 1, "out_of_memory": 1, "output_limit": 1}
    client = service.client
    for _ in range(3):
        client.run("pass")
    client.run("exit(1)")
    client.run("import os; os.abort()")
    client.run("while True: pass", limits={"wall_ms": 100})
    client.run("while True: pass", limits={"cpu_ms": 100})
    client.run("bytearray(1 << 29)")
    client.run("print('x' * 2000)", limits={"output_kb": 1})
    client.post({"code": 1})
    client.post({"code": "", "language": "x"})
    service.wait_rest()
    after = service.stats()

    def rise(*path):
        values = [before, after]
        for name in path:
            values = [v[name] for v in values]
        return values[1] - values[0]

    for status in before["runs"]["by_status"]:
        equal(rise("runs", "by_status", status), wanted.get(status, 0),
              status)
    equal(rise("pool", "granted"), 9, "granted")
    # What ended by itself is lent again, where there is an inner wall.
    equal(rise("pool", "destroyed", "no_wall") +
          rise("pool", "languages", "python", "recycled"), 5, "clean")
    for limit in ("timeout", "cpu_timeout", "out_of_memory", "output_limit"):
        equal(rise("pool", "destroyed", limit), 1, limit)
    equal(rise("web", "requests_by_status_class", "4xx"), 2, "4xx")
    equal(sum(w["finished"] for w in after["workers"])
          - sum(w["finished"] for w in before["workers"]), 9, "finished")
    for stage in ("queue", "lease", "thaw", "run", "total"):
        equal(rise("latency_ms", stage, "count"), 9, "count of " + stage)
        h = after["latency_ms"][stage]
        check(0 <= h["p50"] <= h["p90"] <= h["p99"] <= h["p999"] <= h["max"],
              "percentiles of " + stage, h)
    check(after["latency_ms"]["total"]["p50"] > 0, "p50", after["latency_ms"])


@case
def log_lines(world):
    service = world.shared
    run = service.client.run("print('not in the log: sesame')")["id"]

    def lines():
        return [l for l in service.log().splitlines() if "run=" + run in l]

    pattern = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "
                         r"(debug|info|warn|error) +"
                         r"(supervisor|web|worker|pool)\S* +(\S.*)")
    eventually(lambda: {pattern.match(l)[2] for l in lines()}
               == {"web", "worker", "pool"}, 3,
               "web, worker and pool name the run")
    for line in service.log().splitlines():
        check(pattern.match(line), "form of a line", line)
    for line in lines():
        check(re.match(r"[a-z_]+=\S", pattern.match(line)[3]),
              "key=value first", line)
    check("sesame" not in service.log(), "the log has programs in it")
