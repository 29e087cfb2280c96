"""Write to /tmp

Writes a file, reads it back, and then tries to fill the disk.  /tmp is a
small file system in memory, made for this run alone: it fills up at its
limit, and it is gone afterwards.
"""
with open("/tmp/note.txt", "w") as note:
    note.write("nobody will find this\n")
print(open("/tmp/note.txt").read(), end="")

written = 0
try:
    with open("/tmp/big", "wb") as big:
        while True:
            written += big.write(b"x" * 1024 * 1024)
            big.flush()
except OSError as problem:
    print("after", written // (1024 * 1024), "MB:", problem)
