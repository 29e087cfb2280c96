#!/bin/bash
# attack: pretend to have been timed out
# tries: Exits with 124, which is what timeout(1) reports.
# wall: framing
# without: Who guesses from the number reports "timeout".
# expect: error

exit 124
