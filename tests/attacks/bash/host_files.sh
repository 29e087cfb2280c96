#!/bin/bash
# attack: read what is the host's
# tries: Reads password files, kernel memory, the kernel's log and symbols,
#   disks, firmware tables, and what else a host keeps for root.
# wall: mount
# without: Each of them is a way to the host, or a map of it.
# expect: ok

shopt -s nullglob
for path in /etc/shadow /etc/sudoers /root/.ssh /proc/kcore /proc/kmsg \
    /proc/kpagecount /proc/kpageflags /proc/keys \
    /proc/timer_list /proc/sched_debug /proc/vmallocinfo \
    /proc/slabinfo /proc/iomem /proc/ioports /proc/latency_stats \
    /proc/acpi/alarm /proc/scsi/scsi /dev/mem \
    /dev/sda /dev/vda /dev/nvme0n1 /dev/kmsg /dev/fuse \
    /sys/firmware/acpi/tables /sys/kernel/debug /sys/kernel/notes \
    /sys/fs/cgroup/release_agent /lib/modules /boot/vmlinuz; do
	if [ -d "$path" ]; then
		got=$(find "$path" -mindepth 1 2>/dev/null | head -n 1)
	elif [[ $path == /proc/io* ]]; then
		# Readable, but without root all addresses in it are zero.
		got=$(grep -v '00000000-00000000\|0000-0000' "$path" 2>&1 |
		    grep -v 'denied\|No such' | head -n 1)
	else
		got=$(head -c 64 "$path" 2>/dev/null | tr -d '\0' | tr '\n' ' ')
	fi
	if [ -n "$got" ]; then
		echo "ESCAPED: $path: $got"
	else
		echo "stopped: $path: not there, or not readable"
	fi
done
