// attack: every system call that has no row
// tries: Calls everything that the table does not allow, with arguments at
//   which the kernel itself would complain of something else than a right.
// wall: seccomp
// rule: mount ptrace bpf keyctl setns unshare
// without: Most holes of the kernel are in calls that ordinary programs never
//   make.
// expect: ok

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define ROW(name)                 \
	{                         \
#name, SYS_##name \
	}

static const struct {
	const char *name;
	long number;
} calls[] = {
	ROW(acct),
	ROW(add_key),
	ROW(adjtimex),
	ROW(bpf),
	ROW(capset),
	ROW(chroot),
	ROW(clock_adjtime),
	ROW(clock_settime),
	ROW(clone3),
	ROW(delete_module),
	ROW(fanotify_init),
	ROW(fanotify_mark),
	ROW(finit_module),
	ROW(fremovexattr),
	ROW(fsconfig),
	ROW(fsetxattr),
	ROW(fsmount),
	ROW(fsopen),
	ROW(fspick),
	ROW(get_mempolicy),
	ROW(init_module),
	ROW(io_cancel),
	ROW(io_destroy),
	ROW(io_getevents),
	ROW(io_pgetevents),
	ROW(io_setup),
	ROW(io_submit),
	ROW(io_uring_enter),
	ROW(io_uring_register),
	ROW(io_uring_setup),
	ROW(kcmp),
	ROW(kexec_file_load),
	ROW(kexec_load),
	ROW(keyctl),
	ROW(landlock_add_rule),
	ROW(landlock_create_ruleset),
	ROW(landlock_restrict_self),
	ROW(lremovexattr),
	ROW(lsetxattr),
	ROW(mbind),
	ROW(migrate_pages),
	ROW(mount),
	ROW(mount_setattr),
	ROW(move_mount),
	ROW(move_pages),
	ROW(name_to_handle_at),
	ROW(nfsservctl),
	ROW(open_by_handle_at),
	ROW(open_tree),
	ROW(perf_event_open),
	ROW(pidfd_getfd),
	ROW(pivot_root),
	ROW(process_madvise),
	ROW(process_mrelease),
	ROW(process_vm_readv),
	ROW(process_vm_writev),
	ROW(ptrace),
	ROW(quotactl),
	ROW(quotactl_fd),
	ROW(reboot),
	ROW(remap_file_pages),
	ROW(removexattr),
	ROW(request_key),
	ROW(seccomp),
	ROW(set_mempolicy),
	ROW(setdomainname),
	ROW(setfsgid),
	ROW(setfsuid),
	ROW(setgid),
	ROW(setgroups),
	ROW(sethostname),
	ROW(setns),
	ROW(setregid),
	ROW(setresgid),
	ROW(setresuid),
	ROW(setreuid),
	ROW(settimeofday),
	ROW(setuid),
	ROW(setxattr),
	ROW(swapoff),
	ROW(swapon),
	ROW(syslog),
	ROW(umount2),
	ROW(unshare),
	ROW(userfaultfd),
	ROW(vhangup),
	/* by number, for older headers: the same on every architecture */
	{ "memfd_secret", 447 },
	{ "set_mempolicy_home_node", 450 },
	{ "cachestat", 451 },
	{ "map_shadow_stack", 453 },
	{ "futex_wake", 454 },
	{ "futex_wait", 455 },
	{ "futex_requeue", 456 },
	{ "statmount", 457 },
	{ "listmount", 458 },
	{ "lsm_get_self_attr", 459 },
	{ "lsm_set_self_attr", 460 },
	{ "lsm_list_modules", 461 },
	{ "setxattrat", 463 },
	{ "getxattrat", 464 },
	{ "listxattrat", 465 },
	{ "removexattrat", 466 },
	{ "open_tree_attr", 467 },
	{ "file_getattr", 468 },
	{ "file_setattr", 469 },
#ifdef __x86_64__
	ROW(_sysctl),
	ROW(afs_syscall),
	ROW(create_module),
	ROW(epoll_ctl_old),
	ROW(epoll_wait_old),
	ROW(get_kernel_syms),
	ROW(get_thread_area),
	ROW(getpmsg),
	ROW(ioperm),
	ROW(iopl),
	ROW(lookup_dcookie),
	ROW(modify_ldt),
	ROW(putpmsg),
	ROW(query_module),
	ROW(security),
	ROW(set_thread_area),
	ROW(sysfs),
	ROW(tuxcall),
	ROW(uselib),
	ROW(ustat),
	ROW(vserver),
#endif
};

int attack_every_denied_call(int argc, char **argv);

int
attack_every_denied_call(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (size_t i = 0; i < nitems(calls); i++)
		must_be_filtered(calls[i].name,
		    syscall(calls[i].number, -1, -1, -1, -1, -1, -1));
	return 0;
}
