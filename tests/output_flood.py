"""Write without end

Writes as fast as it can.  After the output limit the program is stopped; what
came before is kept, and nobody's memory fills up.
"""
while True:
    print("I will not stop writing. " * 40)
