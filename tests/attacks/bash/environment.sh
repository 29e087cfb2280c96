#!/bin/bash
# attack: look for secrets in the environment
# tries: Compares the environment with the few variables it should have, also of
#   every other process; looks for tokens and for the service's own settings.
# wall: container
# without: Passwords of the service or of a database, given by environment.
# expect: ok

while IFS='=' read -r name value; do
	case $name in
	PATH | HOME | USER | LOGNAME | LANG | TMPDIR | PWD | SHELL) ;;
	_ | SHLVL | OLDPWD) ;; # bash's own
	*) echo "ESCAPED: variable $name: $value" ;;
	esac
done < <(env)
for file in /proc/[0-9]*/environ; do
	[ "$file" != "/proc/$$/environ" ] || continue
	if got=$(tr '\0' ' ' 2>/dev/null <"$file") && [ -n "$got" ] &&
	    [[ $got != *HOME=/home/sandbox* ]]; then
		echo "ESCAPED: $file: ${got:0:99}"
	fi
done 2>/dev/null
echo "stopped: environment: $(env | wc -l) variables"
