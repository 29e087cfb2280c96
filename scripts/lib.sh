# shellcheck shell=bash
#
# What the project's scripts share: lines to the user, steps that show how
# long they take, and the question whether a Docker engine answers.
#
# Sourced, never run.  Whoever sources it sets `me`, the name before each line.

# Numbers with a point, tools with English messages, order by byte; and files
# that others may read, whatever the user's habit.
export LC_ALL=C
umask 022

# A Debian user's PATH often lacks these, and dockerd and ldconfig live there.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

docker_socket=/var/run/docker.sock

say() {
	printf '%s: %s\n' "${me:?}" "$*"
}

die() {
	printf >&2 '%s: %s\n' "${me:?}" "$*"
	exit 1
}

# since START: the seconds passed since START, an $EPOCHREALTIME, as "1.4".
since() {
	local us=$((${EPOCHREALTIME/./} - ${1/./}))

	printf '%d.%d' $((us / 1000000)) $((us % 1000000 / 100000))
}

# step LOG WHAT COMMAND...: runs COMMAND with its words going to LOG, counts
# the seconds on a terminal, gives a sign of life every 10 s elsewhere, and
# ends in one line with the time taken.  A command that fails shows the end of
# its log, and ends the script.
#
# The command is a job in a process group of its own, so that step_stop takes
# its children with it.
step_pid=
step() {
	local log=$1 what=$2 began=$EPOCHREALTIME status=0 sign=2 took
	shift 2

	set -m
	"$@" >"$log" 2>&1 </dev/null &
	step_pid=$!
	set +m

	while kill -0 "$step_pid" 2>/dev/null; do
		sleep 0.05
		took=$(since "$began")
		took=${took%.*}
		if [ "$took" -lt "$sign" ]; then
			continue
		elif [ -t 1 ]; then
			printf '\r%s: %s ... %s s ' "$me" "$what" "$took"
			sign=$((took + 1))
		else
			if [ "$took" -ge 10 ]; then
				say "$what ... $took s"
			fi
			sign=$((took - took % 10 + 10))
		fi
	done
	wait "$step_pid" || status=$?
	step_pid=
	took=$(since "$began")

	if [ -t 1 ]; then
		printf '\r\033[K'
	fi
	if [ "$status" -eq 0 ]; then
		say "$what: $took s"
		return
	fi
	say >&2 "$what: failed after $took s; the end of $log:"
	tail -n 25 "$log" | sed >&2 's/^/    /'
	exit 1
}

# For an EXIT trap: ends the step that is running, if one is.  In a trap, a
# plain "return" would hand on the status that the script is ending with.
step_stop() {
	if [ -z "$step_pid" ]; then
		return 0
	fi
	kill -TERM -- "-$step_pid" 2>/dev/null || true
	wait "$step_pid" 2>/dev/null || true
	kill -KILL -- "-$step_pid" 2>/dev/null || true
	step_pid=
}

# Does DOCKER_HOST name the engine of this machine, or nothing at all?
engine_is_local() {
	case ${DOCKER_HOST:-} in
	'' | "unix://$docker_socket" | unix:///run/docker.sock) true ;;
	*) false ;;
	esac
}

# A question of a few milliseconds with curl, of some fifty with the docker
# command; either may be missing.  The address is always said, because the
# docker command could otherwise follow a context of the user's to an engine
# that the service will not use.
engine_answers() {
	local host=${DOCKER_HOST:-unix://$docker_socket}

	case $host in
	unix://*)
		if [ ! -S "${host#unix://}" ]; then
			return 1
		elif command -v curl >/dev/null; then
			curl -fs -m 5 -o /dev/null \
			    --unix-socket "${host#unix://}" http://engine/_ping
			return
		fi
		;;
	esac
	command -v docker >/dev/null &&
	    timeout 10 docker -H "$host" version >/dev/null 2>&1
}
