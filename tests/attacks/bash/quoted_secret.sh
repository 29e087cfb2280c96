#!/bin/bash
# attack: let an error message quote a secret
# tries: Gives files it may not read to programs that quote what they do not
#   understand: the shell itself, bc, awk, date, sort, xargs, a dynamic linker.
# wall: container
# without: "syntax error near ..." shows a line of /etc/shadow.
# expect: ok

declare -A inside=(
	[/etc/shadow]='root:'
	[/etc/gshadow]='root:'
	[/proc/1/environ]='PATH='
	[/proc/kcore]='ELF|CORE'
	[/root/.bashrc]='PS1|alias'
)
for file in "${!inside[@]}"; do
	for reader in source bc 'awk -f' 'date -f' 'sort -c' 'xargs -a' \
	    'grep -a .' 'base64 -d' 'tar xf' /lib64/ld-linux-x86-64.so.2; do
		# shellcheck disable=SC2086 # a command with its option
		said=$(head -c 2000 <($reader "$file" 2>&1 </dev/null) |
		    tr -d '\0')
		if [[ $said =~ ${inside[$file]} ]]; then
			echo "ESCAPED: $reader $file: ${said:0:99}"
		else
			echo "stopped: $reader $file: ${said##*: }"
		fi
	done
done
