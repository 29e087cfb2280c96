# attack: pull the floor away
# tries: Empties and removes its own folder, renames it, replaces /tmp, and
#   moves the working folder of what runs it.
# wall: sandbox
# without: What collects or cleans up afterwards fails, or works elsewhere.
# expect: ok

import os
import shutil

home = os.path.expanduser("~")
for act in (lambda: os.rename(home, "/home/other"),
            lambda: os.rename(home, "/tmp/home"),
            lambda: os.rename("/tmp", "/home/sandbox/tmp"),
            lambda: os.symlink("/", home),
            lambda: os.mkdir("/home/new"),
            lambda: os.rmdir("/tmp"),
            lambda: os.rmdir(home)):
    try:
        act()
        print("ESCAPED: folder: it went")
    except OSError as error:
        print("stopped: folder: %s" % error.strerror)
for name in os.listdir(home):
    os.unlink(os.path.join(home, name))
os.chmod(home, 0)
os.chmod("/tmp", 0) if os.stat("/tmp").st_uid == os.getuid() else None
shutil.rmtree(home, ignore_errors=True)
print("stopped: folder: what follows must not notice")
