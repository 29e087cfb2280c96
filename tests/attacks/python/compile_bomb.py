# attack: code that is small until it is compiled
# tries: Constant folding of huge powers, deep nesting and a source of a million
#   lines: the compiler works before a single line runs.
# wall: cgroup
# without: A compiler that runs outside of the limits takes the machine down.
# expect: ok out_of_memory cpu_timeout timeout signal
# limits: {"memory_mb": 64, "wall_ms": 1500, "cpu_ms": 1000}

for name, source in (
        ("nesting", "(" * 5000 + ")" * 5000),
        ("powers", "x = " + "**".join(["9"] * 6)),
        ("tuples", "x = ((((1,) * 99999,) * 9999,) * 999,) * 99"),
        ("lines", "x = [1, 2, 3]\n" * 1000000)):
    try:
        compile(source, name, "exec")
        exec(source)
        print("ESCAPED: %s: compiled and run" % name)
    except (SyntaxError, MemoryError, RecursionError, OverflowError) as error:
        print("stopped: %s: %s" % (name, type(error).__name__))
