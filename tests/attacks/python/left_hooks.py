# attack: hooks in the next interpreter
# tries: Leaves usercustomize, sitecustomize, .pth files, a startup file and a
#   PYTHONPATH by every file that Python reads when it starts.
# wall: sandbox
# without: The next program runs the attacker's code first, and never sees it.
# expect: ok
# runs: plant look

import os
import site
import subprocess
import sys

HOOK = "import sys; sys.hooked = True; print('ESCAPED: hook: executed')\n"

if sys.argv[1] == "plant":
    for folder in (site.getusersitepackages(), os.path.expanduser("~"),
                   "/tmp", "/usr/lib/python3/dist-packages"):
        for name in ("usercustomize.py", "sitecustomize.py", "hook.pth",
                     ".pythonrc", "pyvenv.cfg", ".pdbrc", "__main__.py"):
            try:
                os.makedirs(folder, exist_ok=True)
                with open(os.path.join(folder, name), "w",
                          encoding="ascii") as file:
                    file.write(HOOK)
            except OSError:
                pass
    print("stopped: plant: done")
else:
    if hasattr(sys, "hooked") or "usercustomize" in sys.modules:
        print("ESCAPED: hook: in this interpreter")
    said = subprocess.run([sys.executable, "-c", "print('clean')"],
                          capture_output=True, text=True, check=False).stdout
    print("stopped: hook: a new interpreter is %s" % said.strip())
