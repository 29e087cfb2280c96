#!/bin/bash
# attack: the fork bomb
# tries: The classic one: a function that calls itself twice, in the background.
# wall: cgroup
# without: No process id is left on the machine, and the operator cannot log in
#   to stop it.
# expect: ok error timeout cpu_timeout
# limits: {"processes": 20, "memory_mb": 64, "wall_ms": 1500}

# shellcheck disable=SC2264 # it does, for ever
bomb() { bomb | bomb & }
bomb 2>/dev/null
sleep 0.5
echo 'stopped: bomb: I can still speak'
