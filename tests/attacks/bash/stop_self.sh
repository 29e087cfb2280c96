#!/bin/bash
# attack: stop
# tries: Sends SIGSTOP to itself and to its group: a stopped process uses no CPU
#   and handles no signal but SIGKILL.
# wall: clock
# without: It would wait for ever for a SIGCONT.
# expect: timeout
# limits: {"wall_ms": 400}

sleep 10 &
kill -STOP 0
kill -STOP $$
