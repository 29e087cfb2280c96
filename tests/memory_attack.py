"""Fill the memory

Takes 16 MB more, again and again, and writes to all of it.  The container's
memory cgroup has a limit, and there is no swap: the kernel ends the program
and nothing else on the machine notices.
"""
blocks = []
while True:
    blocks.append(bytearray(16 * 1024 * 1024))
    print(len(blocks) * 16, "MB")
