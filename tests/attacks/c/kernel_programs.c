// attack: programs in the kernel
// tries: bpf (a map, a program) and perf_event_open (counting, and watching
//   itself).
// wall: seccomp
// rule: bpf perf_event_open
// without: Both have been the way to the kernel's memory again and again, and
//   performance counters make side channels sharp.
// expect: ok

#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_kernel_programs(int argc, char **argv);

int
attack_kernel_programs(int argc, char **argv)
{
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1 };
	struct perf_event_attr counter = { .type = PERF_TYPE_SOFTWARE,
		.size = sizeof counter,
		.config = PERF_COUNT_SW_TASK_CLOCK };

	(void)argc, (void)argv;
	must_fail(
	    "a bpf map", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
	must_be_filtered(
	    "bpf, bad pointer", syscall(SYS_bpf, BPF_OBJ_GET, 1, sizeof map));
	must_be_filtered("count my own events",
	    syscall(SYS_perf_event_open, &counter, 0, -1, -1, 0));
	must_be_filtered("perf_event_open, bad pointer",
	    syscall(SYS_perf_event_open, 1, 0, -1, -1, 0));
	return 0;
}
