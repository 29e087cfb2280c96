#!/bin/bash
# attack: booby-trap the next program's source
# tries: Replaces main.sh by a link, a folder and a FIFO, makes the folder
#   read-only and locks the names; the next program looks whether its own source
#   is a plain file and whether earlier ones are still there.
# wall: sandbox
# without: The next program is written through the link, or cannot be written.
# expect: ok
# runs: plant look

case $1 in
plant)
	cd "$HOME" || exit
	cp main.sh earlier.sh
	rm -f main.sh && ln -s /tmp/main.sh main.sh
	mkdir main.py main.js && mkfifo input
	chmod 500 .
	echo 'stopped: plant: done'
	;;
look)
	for file in "$HOME"/* "$HOME"/.[!.]*; do
		case $file in
		"$HOME/main.sh" | "$HOME/.[!.]*") ;;
		*) echo "ESCAPED: left behind: $file" ;;
		esac
	done
	if [ -L "$HOME/main.sh" ] || [ ! -f "$HOME/main.sh" ]; then
		echo "ESCAPED: my source: $(ls -l "$HOME/main.sh")"
	else
		echo 'stopped: my source: a plain file'
	fi
	;;
esac
