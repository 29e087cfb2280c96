#!/bin/bash
# attack: leave by the administrator's tools
# tries: unshare, nsenter, setpriv and setarch, as a person at a shell would.
# wall: seccomp
# rule: unshare setns personality
# without: nsenter into process 1 of the host is the classic last step.
# expect: ok

attempt() {
	local said
	if said=$("$@" 2>&1); then
		echo "ESCAPED: $*: $said"
	else
		echo "stopped: $*: ${said##*: }"
	fi
}
for what in user mount pid net ipc uts cgroup time; do
	attempt unshare --map-root-user "--$what" true
	attempt nsenter --target 1 "--$what" true
done
attempt nsenter --target $$ --user --preserve-credentials true
attempt nsenter --target 1 --all true
attempt setarch --addr-no-randomize true
attempt setarch --read-implies-exec true
attempt setpriv --inh-caps +sys_admin true
