"""Write to the system

Tries to change files of the system.  The container's root is mounted
read-only, and the program is not root.
"""
for path in ["/etc/passwd", "/usr/bin/python3", "/new-file"]:
    try:
        open(path, "a").close()
        print("opened", path, "for writing")
    except OSError as problem:
        print(problem)
open("/etc/shadow").read()
