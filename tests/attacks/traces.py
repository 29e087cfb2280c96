"""What an attack leaves behind for the next program: nothing.

A service has one container only.  A probe tells all that it sees and inherits
(lib/probe.c, and what bash and Python know of themselves); it is run first in
the new container, and then after each attack.  What it says must be the same.
"""

import difflib
import functools

import attacks
import harness

PROBES = {
    "bash": """
for it in 'set -o' shopt trap alias 'declare -F' umask 'ulimit -a' 'compgen -e'
do
	$it | sed "s/^/$it: /"
done
chmod +x attacks
exec ./attacks probe
""",
    "python": """
import builtins, os, site, sys, threading
print("path:", sys.path, site.getusersitepackages())
print("flags:", sys.flags, sys.dont_write_bytecode, sys.argv, __file__)
print("modules:", sorted(sys.modules))
print("builtins:", sorted(dir(builtins)), sorted(globals()))
print("threads:", threading.enumerate()[1:], sys.getrecursionlimit())
print("hooks:", sys.excepthook, sys.displayhook, sys.gettrace(), sep=" ")
os.chmod("attacks", 0o700)
os.execv("./attacks", ["attacks", "probe"])
""",
}


class Chain:
    """One service with one container, and the probe's first answer."""

    def __init__(self, world, language):
        self.language = language
        self.service = world.service(
            "traces-" + language, languages=language, pool_idle=1,
            pool_total=1, workers=1)
        self.baseline = None
        self.is_reused = False
        self.recycled = self.probes = 0

    def probe(self, fresh=False):
        """What a program sees now: (lines, whether somebody was before)."""
        got = self.service.client.run(**attacks.with_binary({
            "language": self.language, "code": PROBES[self.language],
            "fresh": fresh}))
        assert got["status"] == "ok", got
        return got["stdout"].splitlines(), got.get("recycled", False)

    def begin(self):
        """For the first test: the answer of a new container."""
        if self.baseline is None:
            self.baseline = self.probe()[0]
            self.is_reused = self.probe()[1]
        if not self.is_reused:
            raise harness.Skip("each container is used once here")

    def compare(self, fresh=False):
        """Raises what is different from the first time."""
        got, recycled = self.probe(fresh)
        self.probes += 1
        self.recycled += recycled
        changed = list(difflib.unified_diff(
            self.baseline, got, "in a new container", "after the attack",
            lineterm="", n=0))
        if changed:
            raise AssertionError("it left traces: " + " | ".join(
                line for line in changed if not line.startswith("@@")))

    def after(self, attack):
        self.begin()
        for word in attack["runs"] + attack["together"] or [""]:
            answer = self.service.client.post(attacks.order(attack, word))
            if not attack["together"]:
                attacks.judge(attack, word, answer)
        self.compare()

    def another(self):
        """What is called alike is alike: in another new container, too."""
        self.begin()
        self.compare(fresh=True)

    def was_used(self):
        """The last test: it was what it seemed to be."""
        self.begin()
        assert self.recycled * 2 > self.probes, \
            "only %d of %d probes ran in a used container" % (
                self.recycled, self.probes)


def begin(world, catalog, language, word):
    """[(name, test)] with the word in the name, for one process, in order.

    Starts the service if there is any.
    """
    chain = Chain(world, language)
    made = [("traces/" + attacks.name(attack),
             functools.partial(chain.after, attack))
            for attack in catalog
            if (attack["language"] == "python") == (language == "python")]
    made += [("traces/another_%s_container" % language, chain.another),
             ("traces/%s_container_was_used" % language, chain.was_used)]
    made = [case for case in made if word in case[0]]
    if made:
        chain.service.start()
    return made
