#!/bin/bash
# attack: pretend to be out of memory
# tries: Exits with 137, which is what a shell reports for a killed process.
# wall: framing
# without: Who guesses from the number reports "out of memory".
# expect: error

exit 137
