#!/bin/bash
# attack: change the kernel's settings
# tries: Writes to files of /proc and /sys that belong to the whole machine: a
#   handler for core dumps, sysrq, the module loader, hot-plug helpers.
# wall: container
# without: A core_pattern that begins with | is executed by the host's root at
#   the next crash.
# expect: ok

for path in /proc/sys/kernel/core_pattern /proc/sysrq-trigger \
    /proc/sys/kernel/modprobe /proc/sys/vm/panic_on_oom \
    /proc/sys/kernel/hostname /proc/sys/kernel/domainname \
    /proc/sys/kernel/ns_last_pid /proc/sys/net/ipv4/ip_forward \
    /proc/sys/fs/mqueue/msg_max /proc/sys/kernel/shmmax \
    /proc/sys/kernel/sem /proc/sys/kernel/msgmax \
    /proc/sys/fs/binfmt_misc/register /proc/irq/0/smp_affinity \
    /proc/sys/kernel/randomize_va_space /proc/sys/user/max_inotify_instances \
    /proc/sys/kernel/yama/ptrace_scope /sys/kernel/uevent_helper \
    /sys/power/state /sys/kernel/mm/ksm/run /sys/module/kernel/parameters/x \
    /proc/mtrr /proc/acpi/wakeup /proc/1/oom_score_adj; do
	if (exec 3>>"$path") 2>/dev/null; then
		echo "ESCAPED: $path: opened for writing"
	else
		echo "stopped: $path: cannot be written"
	fi
done
