# attack: shadow the standard library
# tries: Leaves modules named like those of the standard library in the working
#   folder, in /tmp and on the user's path; the next program imports them.
# wall: sandbox
# without: `import json` is the attacker's.
# expect: ok
# runs: plant look

import importlib
import os
import site
import sys

NAMES = ("json", "random", "subprocess", "decimal", "argparse", "calendar")

if sys.argv[1] == "plant":
    for folder in (os.getcwd(), "/tmp", site.getusersitepackages(),
                   os.path.dirname(os.__file__)):
        for name in NAMES:
            try:
                os.makedirs(folder, exist_ok=True)
                with open("%s/%s.py" % (folder, name), "w",
                          encoding="ascii") as file:
                    file.write("print('ESCAPED: module: shadowed')\n")
            except OSError:
                pass
    print("stopped: plant: done")
else:
    for name in NAMES:
        where = importlib.import_module(name).__file__
        right = where.startswith("/usr/lib/python3")
        print("%s: module %s: %s" % ("stopped" if right else "ESCAPED",
                                     name, where))
