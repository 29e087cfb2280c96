# attack: memory in /dev/shm
# tries: Writes a file in /dev/shm, which is memory, until it is full or killed.
# wall: cgroup
# without: In Docker's default 64 MB a container, times the number of
#   containers, outside of what their limits were thought to be.
# expect: out_of_memory ok
# limits: {"memory_mb": 32, "wall_ms": 2000}

written = 0
with open("/dev/shm/fill", "wb", buffering=0) as file:
    while written < 64 << 20:
        try:
            written += file.write(b"x" * (1 << 20))
        except OSError as error:
            print("stopped: /dev/shm: %s at %d MB" % (
                error.strerror, written >> 20))
            break
    else:
        print("ESCAPED: /dev/shm: %d MB" % (written >> 20))
