# attack: only a child runs out of memory
# tries: Lets a child take all memory and be killed, then ends well itself, so
#   that nobody should notice.
# wall: cgroup
# without: The result would say "ok" for a program that was cut down (known from
#   Docker and containerd), or blame the parent.
# expect: out_of_memory
# limits: {"memory_mb": 32, "wall_ms": 3000}

import os

pid = os.fork()
if pid == 0:
    kept = []
    for _ in range(64):
        kept.append(bytearray(b"x") * (1 << 20))
    os._exit(0)
_, status = os.waitpid(pid, 0)
if status == 0:
    print("ESCAPED: the child had 64 MB")
else:
    print("the child ended with signal %d; I go on" % os.WTERMSIG(status))
