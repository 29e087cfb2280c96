#!/bin/bash
# attack: traps for who cleans up
# tries: Leaves symlinks out of the tree, FIFOs, sockets, sparse files, a tree
#   of mode 000 and names with newlines, quotes, bytes that are no text, and 255
#   characters.
# wall: sandbox
# without: A collector follows the link, waits at the FIFO, or executes the name
#   (known from Judge0, go-judge and others).
# expect: ok

for folder in "$HOME" /tmp; do
	cd "$folder" || exit
	ln -s / root && ln -s /etc/passwd output && ln -s loop loop
	ln -s /proc/self/fd/0 stdin && ln -s /proc/1/root host
	mkfifo fifo stdout.txt && truncate -s 32M sparse
	mkdir -p locked/in/side && touch locked/in/side/file
	chmod 000 locked/in/side locked/in locked
	# shellcheck disable=SC2016 # not to be expanded, by anybody
	touch -- '-rf' '--' '$(reboot)' '`reboot`' ';reboot' $'new\nline' \
	    $'\e[2J' $'\xff\xfe' '*' "quote'\"" ' ' '...' \
	    "$(printf 'x%.0s' {1..255})"
	chmod 000 . 2>/dev/null
done
echo 'stopped: traps: laid; what follows must not notice'
