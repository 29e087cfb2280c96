# attack: all memory, by the heap
# tries: Allocates and touches memory without end.
# wall: cgroup
# without: The machine would run out of memory and kill some other process.
# expect: out_of_memory
# limits: {"memory_mb": 32, "wall_ms": 2000}

kept = []
while True:
    kept.append(bytearray(b"x") * (1 << 20))
    if len(kept) > 64:
        print("ESCAPED: heap: %d MB" % len(kept), flush=True)
        break
