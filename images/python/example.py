# Take a number. Halve it when it is even, else triple it and add one.
# However you start, you seem to end at 1. Nobody knows why!

def journey(number):
    """The numbers on the way from `number` down to 1."""
    stops = [number]
    while number != 1:
        if number % 2 == 0:
            number = number // 2
        else:
            number = 3 * number + 1
        stops.append(number)
    return stops


for start in range(3, 13):
    steps = len(journey(start)) - 1
    print(f"{start:2} takes {steps:2} steps  {'*' * steps}")

print()
print("From 7:", " -> ".join(str(stop) for stop in journey(7)))
