#!/bin/bash
# attack: leave start-up files for the next shell
# tries: Writes every file that a shell or a tool reads when it starts, in the
#   home folder; the next program starts shells and sees whether they are
#   executed.
# wall: sandbox
# without: The next program runs the attacker's commands first.
# expect: ok
# runs: plant look

files=(.bashrc .profile .bash_profile .bash_login .bash_logout .inputrc .gawkrc
    .bash_aliases .zshrc .kshrc .shrc .jq .bcrc .gitconfig .netrc .npmrc)
case $1 in
plant)
	for file in "${files[@]}"; do
		echo 'echo "ESCAPED: start-up file: executed"' >"$HOME/$file"
	done
	mkdir -p "$HOME/bin" && cp /bin/true "$HOME/bin/ls"
	echo 'stopped: plant: done'
	;;
look)
	for file in "${files[@]}" bin; do
		[ ! -e "$HOME/$file" ] ||
		    echo "ESCAPED: start-up file: ~/$file is there"
	done
	bash -i -l -c exit </dev/null 2>/dev/null
	BASH_ENV=$HOME/.bashrc bash -c :
	echo "stopped: start-up files: none but ${0##*/}"
	;;
esac
