"""Loop for ever

Counts and never stops.  Two clocks watch it from outside the container: the
wall clock and the CPU clock.  Whichever runs out first ends the program; what
it had printed by then is kept.
"""
print("counting ...")
n = 0
while True:
    n += 1
