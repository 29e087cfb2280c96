/*
 * tests/unit/test_seccomp_tried.c -- what the kernel does under the filters.
 *
 * A child of its own loads a filter and tries calls, denied and allowed.
 * Denied ones are made by their numbers, with arguments that do no harm where
 * a filter should let them pass.  A sanitizer makes calls of its own that the
 * daemons' filters refuse, so this suite is not in those builds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/auto.h"
#include "seccomp/filter.h"
#include "tests/unit/suites.h"

#define UPPER (1l << 32) /* a bit that the kernel does not look at */

/* ---- in the child ------------------------------------------------------ */

static unsigned wrong;

static void
expect(const char *what, bool is_right)
{
	if (is_right)
		return;
	wrong++;
	dprintf(STDERR_FILENO, "%s: not as expected (errno: %s)\n", what,
	    strerrorname_np(errno));
}

static void
refused(const char *what, long result, int error)
{
	expect(what, result == -1 && errno == error);
}

/* A call by its number, and with which error it is refused. */
#define DENIED(nr, ...)  refused(#nr, syscall(nr, ##__VA_ARGS__), EPERM)
#define MISSING(nr, ...) refused(#nr, syscall(nr, ##__VA_ARGS__), ENOSYS)

static int
wait_for(pid_t pid)
{
	int status = -1;

	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	return status;
}

/* Runs `try` under a role's filter; it must come to its end. */
static int
status_under(enum seccomp_role role, void (*try)(void))
{
	struct seccomp_filter f = { 0 };
	struct err e = { 0 };
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(seccomp_filter_make(role, &f, &e), 0);
	fflush(NULL);
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0) {
		setsid(); /* vhangup has no terminal to hang up */
		wrong = 0;
		if (seccomp_filter_load(&f) < 0)
			_exit(100);
		try();
		_exit(wrong > 0);
	}
	seccomp_filter_free(&f);
	return wait_for(pid);
}

static void
check_under(enum seccomp_role role, void (*try)(void))
{
	int status = status_under(role, try);

	if (status != 0)
		fprintf(stderr, "under the filter of %s: status %d\n",
		    seccomp_role_name(role), status);
	CU_ASSERT_EQUAL(status, 0);
}

/* ---- the program ------------------------------------------------------- */

static void
try_mounts(void)
{
	DENIED(SYS_mount, NULL, NULL, NULL, 0, NULL);
	DENIED(SYS_umount2, NULL, -1);
	DENIED(SYS_pivot_root, NULL, NULL);
	DENIED(SYS_chroot, NULL);
	DENIED(SYS_fsopen, NULL, -1);
	DENIED(SYS_fsconfig, -1, -1, NULL, NULL, 0);
	DENIED(SYS_fsmount, -1, -1, -1);
	DENIED(SYS_fspick, -1, NULL, -1);
	DENIED(SYS_move_mount, -1, NULL, -1, NULL, -1);
	DENIED(SYS_open_tree, -1, NULL, -1);
	DENIED(SYS_mount_setattr, -1, NULL, -1, NULL, 0);
	DENIED(SYS_swapon, NULL, -1);
	DENIED(SYS_swapoff, NULL);
	DENIED(SYS_quotactl, -1, NULL, 0, NULL);
	DENIED(443 /* quotactl_fd */, -1, -1, 0, NULL);
	DENIED(SYS_name_to_handle_at, -1, NULL, NULL, NULL, -1);
	DENIED(SYS_open_by_handle_at, -1, NULL, -1);
	DENIED(SYS_lookup_dcookie, 0, NULL, 0);
	DENIED(SYS_fanotify_init, -1, -1);
	DENIED(SYS_fanotify_mark, -1, 0, 0, -1, NULL);
}

static void
try_machine(void)
{
	DENIED(SYS_kexec_load, 0, 0, NULL, -1);
	DENIED(SYS_kexec_file_load, -1, -1, 0, NULL, -1);
	DENIED(SYS_init_module, NULL, 0, NULL);
	DENIED(SYS_finit_module, -1, NULL, -1);
	DENIED(SYS_delete_module, NULL, 0);
	DENIED(SYS_reboot, 0, 0, 0, NULL);
	DENIED(SYS_acct, "");
	DENIED(SYS_vhangup);
	DENIED(SYS_syslog, -1, NULL, 0);
	DENIED(SYS_sethostname, NULL, -1);
	DENIED(SYS_setdomainname, NULL, -1);
	DENIED(SYS_settimeofday, NULL, (void *)-1);
	DENIED(SYS_clock_settime, -1, NULL);
	DENIED(SYS_clock_adjtime, -1, NULL);
	DENIED(SYS_adjtimex, NULL);
	DENIED(SYS_bpf, -1, NULL, 0);
	DENIED(SYS_perf_event_open, NULL, 0, -1, -1, -1);
	DENIED(SYS_userfaultfd, -1);
	DENIED(SYS_add_key, NULL, NULL, NULL, 0, 0);
	DENIED(SYS_request_key, NULL, NULL, NULL, 0);
	DENIED(SYS_keyctl, -1);
	DENIED(SYS_mbind, NULL, 0, -1, NULL, 0, -1);
	DENIED(SYS_set_mempolicy, -1, NULL, 0);
	DENIED(SYS_get_mempolicy, NULL, NULL, 0, NULL, -1);
	DENIED(SYS_migrate_pages, -1, 0, NULL, NULL);
	DENIED(SYS_move_pages, -1, 0, NULL, NULL, NULL, -1);
	DENIED(450 /* set_mempolicy_home_node */, 0, 0, -1, -1);
	DENIED(447 /* memfd_secret */, -1);
	DENIED(444 /* landlock_create_ruleset */, NULL, 0, -1);
	DENIED(SYS_nfsservctl, 0, NULL, NULL);
#ifdef __x86_64__
	DENIED(SYS_iopl, -1);
	DENIED(SYS_ioperm, -1, 0, 0);
	DENIED(SYS_modify_ldt, -1, NULL, 0);
	DENIED(SYS_uselib, NULL);
	DENIED(SYS_ustat, 0, NULL);
	DENIED(SYS_sysfs, -1, 0, 0);
	DENIED(SYS__sysctl, NULL);
#endif
}

static void
try_others_processes(void)
{
	DENIED(SYS_ptrace, -1, 0, NULL, NULL);
	DENIED(SYS_process_vm_readv, 0, NULL, 0, NULL, 0, -1);
	DENIED(SYS_process_vm_writev, 0, NULL, 0, NULL, 0, -1);
	DENIED(SYS_process_madvise, -1, NULL, 0, 0, -1);
	DENIED(448 /* process_mrelease */, -1, -1);
	DENIED(SYS_pidfd_getfd, -1, -1, -1);
	DENIED(SYS_kcmp, 0, 0, -1, 0, 0);
	DENIED(SYS_setns, -1, 0);
	DENIED(SYS_unshare, CLONE_FILES);
	DENIED(SYS_unshare, CLONE_NEWUSER);
	DENIED(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, NULL);
	DENIED(SYS_capset, NULL, NULL);
	DENIED(SYS_setuid, getuid());
	DENIED(SYS_setgid, getgid());
	DENIED(SYS_setgroups, -1, NULL);
	DENIED(SYS_setresuid, -1, -1, -1);
	DENIED(SYS_setresgid, -1, -1, -1);
	DENIED(SYS_setreuid, -1, -1);
	DENIED(SYS_setregid, -1, -1);
	DENIED(SYS_setfsuid, -1);
	DENIED(SYS_setfsgid, -1);
	DENIED(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL);
	DENIED(SYS_prctl, PR_SET_MM, -1, 0, 0, 0);
	DENIED(SYS_prctl, PR_CAPBSET_DROP, -1, 0, 0, 0);
	DENIED(SYS_prctl, PR_SET_KEEPCAPS, -1, 0, 0, 0);
	DENIED(SYS_prctl, PR_SET_SECUREBITS, -1, 0, 0, 0);
}

/* For each libc, or a program, has another way. */
static void
try_missing(void)
{
	MISSING(SYS_clone3, NULL, 0);
	MISSING(SYS_io_setup, -1, NULL);
	MISSING(SYS_io_destroy, NULL);
	MISSING(SYS_io_getevents, NULL, 0, 0, NULL, NULL);
	MISSING(SYS_io_submit, NULL, 0, NULL);
	MISSING(SYS_io_cancel, NULL, NULL, NULL);
	MISSING(SYS_io_uring_setup, 0, NULL);
	MISSING(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0);
	MISSING(SYS_io_uring_register, -1, -1, NULL, 0);
	MISSING(SYS_setxattr, NULL, NULL, NULL, 0, -1);
	MISSING(SYS_lsetxattr, NULL, NULL, NULL, 0, -1);
	MISSING(SYS_fsetxattr, -1, NULL, NULL, 0, -1);
	MISSING(SYS_removexattr, NULL, NULL);
	MISSING(SYS_lremovexattr, NULL, NULL);
	MISSING(SYS_fremovexattr, -1, NULL);
	for (long nr = SECCOMP_NEWEST + 1; nr < SECCOMP_NEWEST + 60; nr++)
		refused("a newer call", syscall(nr, -1, -1, -1, -1, -1, -1),
		    ENOSYS);
	expect("sync", syscall(SYS_sync) == 0);
	expect("syncfs", syscall(SYS_syncfs, -1) == 0);
}

static void
try_namespaces_by_clone(void)
{
	static const unsigned long flags[] = { CLONE_NEWNS, CLONE_NEWCGROUP,
		CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
		CLONE_NEWNET };

	for (size_t i = 0; i < nitems(flags); i++) {
		DENIED(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0);
		DENIED(SYS_clone, flags[i] | UPPER | SIGCHLD, 0, 0, 0, 0);
		DENIED(SYS_clone, flags[i] | CLONE_NEWUSER, 0, 0, 0, 0);
	}
}

static void
try_sockets(void)
{
	for (int family = 0; family < 64; family++) {
		bool allowed = family == AF_UNIX || family == AF_INET ||
		    family == AF_INET6;

		if (!allowed)
			DENIED(SYS_socket, family, SOCK_STREAM, 0);
		if (family != AF_UNIX)
			DENIED(SYS_socketpair, family, SOCK_STREAM, 0, NULL);
		DENIED(SYS_socket, family | UPPER, SOCK_STREAM, 0);
	}
	DENIED(SYS_socket, AF_INET, SOCK_SEQPACKET, 0);
	DENIED(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	DENIED(SYS_socket, AF_INET, 6 /* SOCK_DCCP */, 0);
	DENIED(SYS_socket, AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */);
	DENIED(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_RAW);
	DENIED(SYS_socket, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
}

static void
try_socket_options(void)
{
	struct sock_filter all = { .code = BPF_RET | BPF_K, .k = ~0u };
	struct sock_fprog filter = { .len = 1, .filter = &all };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0) /* no IPv6 here */
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	DENIED(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
	    sizeof filter);
	DENIED(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_BPF, &one, sizeof one);
	DENIED(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
	    &filter, sizeof filter);
	DENIED(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &one,
	    sizeof one);
	DENIED(SYS_setsockopt, fd, IPPROTO_IP, 64 /* netfilter */, NULL, 0);
	DENIED(SYS_setsockopt, fd, IPPROTO_IPV6, 64, NULL, 0);
	DENIED(SYS_setsockopt, fd, IPPROTO_TCP, TCP_ULP, "tls", 3);
	DENIED(SYS_setsockopt, fd, 270 /* SOL_NETLINK */, 1, &one, sizeof one);
	expect("SO_REUSEADDR",
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
	expect("SO_KEEPALIVE",
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one) == 0);
	expect("TCP_NODELAY",
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
	close(fd);
}

static void
try_terminals(void)
{
	static const unsigned long commands[] = { TIOCSTI, TIOCLINUX };
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < nitems(commands); i++) {
		DENIED(SYS_ioctl, fd, commands[i], "x");
		DENIED(SYS_ioctl, fd, commands[i] | UPPER, "x");
		DENIED(SYS_ioctl, fd, commands[i] | 1ul << 63, "x");
	}
	DENIED(SYS_ioctl, fd, 0x4B3A /* KDSETMODE */, 0);
	DENIED(SYS_ioctl, fd, SIOCSIFFLAGS, NULL);
	expect("TCGETS", ioctl(fd, TCGETS, NULL) == -1 && errno == ENOTTY);
	expect("FIOCLEX", ioctl(fd, FIOCLEX) == 0);
	close(fd);
}

static void
try_limits(void)
{
	struct rlimit core, files;

	expect("getrlimit", getrlimit(RLIMIT_CORE, &core) == 0);
	DENIED(SYS_setrlimit, RLIMIT_CORE, &core);
	DENIED(SYS_setrlimit, RLIMIT_CORE | UPPER, &core);
	DENIED(SYS_prlimit64, 0, RLIMIT_CORE, &core, NULL);
	DENIED(SYS_prlimit64, 0, RLIMIT_CORE | UPPER, &core, NULL);
	for (int limit = 0; limit < RLIM_NLIMITS; limit++) {
		expect("prlimit", prlimit(0, limit, NULL, &files) == 0);
		if (limit != RLIMIT_CORE)
			expect("setrlimit", setrlimit(limit, &files) == 0);
	}
	DENIED(SYS_personality, ADDR_NO_RANDOMIZE);
	DENIED(SYS_personality, PER_LINUX32);
	expect("personality", personality(0xffffffff) >= 0);
	expect("personality 0", personality(0) >= 0);
}

static void
program_may_not_touch_mounts(void)
{
	check_under(SECCOMP_PROGRAM, try_mounts);
}

static void
program_may_not_touch_the_machine(void)
{
	check_under(SECCOMP_PROGRAM, try_machine);
}

static void
program_may_not_touch_others_nor_its_rights(void)
{
	check_under(SECCOMP_PROGRAM, try_others_processes);
}

static void
program_falls_back_from_what_is_missing(void)
{
	check_under(SECCOMP_PROGRAM, try_missing);
}

static void
program_may_not_make_namespaces(void)
{
	check_under(SECCOMP_PROGRAM, try_namespaces_by_clone);
}

static void
program_has_sockets_of_three_families(void)
{
	check_under(SECCOMP_PROGRAM, try_sockets);
	check_under(SECCOMP_PROGRAM, try_socket_options);
}

static void
program_may_not_type_into_terminals(void)
{
	check_under(SECCOMP_PROGRAM, try_terminals);
}

static void
program_may_not_set_the_limit_of_cores(void)
{
	check_under(SECCOMP_PROGRAM, try_limits);
}

/* ---- foreign calls ----------------------------------------------------- */

#ifdef __x86_64__

static void
try_x32(void)
{
	static const long bit = 0x40000000;

	MISSING(bit | SYS_getpid);
	MISSING(bit | SYS_read, -1, NULL, 0);
	MISSING(bit | 512 /* rt_sigaction of x32 */, 0, NULL, NULL, 8);
	MISSING(bit | 521 /* ptrace of x32 */, -1, 0, NULL, NULL);
}

static void
try_32_bit(void)
{
	long result = 20; /* getpid of i386; in ours writev */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	expect("int 0x80", result == -ENOSYS);
	result = 102; /* socketcall, which hides the family; ours: getuid */
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(1), "c"(NULL)
			 : "memory");
	expect("int 0x80", result == -ENOSYS);
}

static void
foreign_calls_are_refused_to_all(void)
{
	for (enum seccomp_role role = 0; role < SECCOMP_NROLES; role++) {
		int status;

		check_under(role, try_x32);
		status = status_under(role, try_32_bit);
		/* A kernel without such calls ends who makes one. */
		CU_ASSERT(status == 0 ||
		    (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
	}
}

#endif

/* ---- what ordinary programs do ----------------------------------------- */

static void *
add_one(void *count)
{
	(*(int *)count)++;
	return count;
}

static void
try_threads(void)
{
	int counts[16] = { 0 };
	pthread_t threads[nitems(counts)];

	for (size_t i = 0; i < nitems(counts); i++)
		expect("pthread_create",
		    pthread_create(&threads[i], NULL, add_one, &counts[i]) ==
			0);
	for (size_t i = 0; i < nitems(counts); i++)
		expect("pthread_join",
		    pthread_join(threads[i], NULL) == 0 && counts[i] == 1);
}

static void
try_children(void)
{
	char *shell[] = { "sh", "-c", "echo a | cat | read x && exit 3", NULL };
	int status = -1, pair[2];
	char byte = 'x';
	pid_t pid;

	expect("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	pid = fork();
	if (pid == 0) {
		expect("write", write(pair[0], &byte, 1) == 1);
		execl("/bin/true", "true", (char *)NULL);
		_exit(99);
	}
	expect("read", pid > 0 && read(pair[1], &byte, 1) == 1);
	expect("waitpid", waitpid(pid, &status, 0) == pid && status == 0);
	expect("posix_spawn",
	    posix_spawn(&pid, "/bin/sh", NULL, NULL, shell, NULL) == 0);
	expect("waitpid",
	    waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
}

static void
try_ordinary(void)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = memfd_create("x", MFD_CLOEXEC);

	expect("mmap", code != MAP_FAILED);
	expect("mprotect", mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
	expect("memfd_create", fd >= 0 && ftruncate(fd, 10) == 0);
	expect("PR_SET_NAME", prctl(PR_SET_NAME, "name", 0, 0, 0) == 0);
	expect("AF_INET", close(socket(AF_INET, SOCK_STREAM, 0)) == 0);
	expect("AF_INET, TCP",
	    close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)) ==
		0);
	expect("AF_INET, UDP",
	    close(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP)) ==
		0);
	expect("AF_UNIX", close(socket(AF_UNIX, SOCK_SEQPACKET, 0)) == 0);
	expect("kill", kill(getpid(), 0) == 0);
	expect("nice", setpriority(PRIO_PROCESS, 0, 19) == 0);
	expect("affinity", sched_yield() == 0);
}

static void
program_has_threads_and_children(void)
{
	check_under(SECCOMP_PROGRAM, try_threads);
	check_under(SECCOMP_PROGRAM, try_children);
	check_under(SECCOMP_PROGRAM, try_ordinary);
	check_under(SECCOMP_CONTAINER, try_threads);
	check_under(SECCOMP_CONTAINER, try_children);
}

/* As they will be: the container's below, the program's on top of it. */
static void
try_program_inside(void)
{
	struct seccomp_filter f = { 0 };
	struct err e;

	expect("make", seccomp_filter_make(SECCOMP_PROGRAM, &f, &e) == 0);
	expect("load", seccomp_filter_load(&f) == 0);
	seccomp_filter_free(&f);
	try_threads();
	try_children();
	try_mounts();
	try_missing();
	try_namespaces_by_clone();
	expect("a third", seccomp_filter_make(SECCOMP_WEB, &f, &e) == 0);
	refused("a third", seccomp_filter_load(&f), EPERM);
}

static void
container_lets_the_runner_load_the_filter_of_a_program(void)
{
	check_under(SECCOMP_CONTAINER, try_program_inside);
}

/* Other than EPERM, which a user without rights gets from the kernel too. */
static void
try_stage(void)
{
	expect(
	    "umount2", syscall(SYS_umount2, NULL, -1) < 0 && errno != ENOSYS);
	expect("clone",
	    syscall(SYS_clone, CLONE_NEWUTS | CLONE_SIGHAND, 0, 0, 0, 0) < 0 &&
		errno == EINVAL);
	expect("prctl", prctl(PR_CAPBSET_READ, 0) >= 0);
	DENIED(SYS_setns, -1, 0);
	DENIED(SYS_unshare, CLONE_FILES);
	DENIED(SYS_ptrace, -1, 0, NULL, NULL);
	MISSING(SYS_clone3, NULL, 0);
	DENIED(SYS_ioctl, -1, TIOCSTI | UPPER, NULL);
	DENIED(SYS_setrlimit, RLIMIT_CORE | UPPER, NULL);
}

static void
container_may_do_what_the_runner_does(void)
{
	check_under(SECCOMP_CONTAINER, try_stage);
	check_under(SECCOMP_CONTAINER, try_sockets);
}

/* ---- the daemons ------------------------------------------------------- */

static void
try_daemon(void)
{
	char *argv[] = { "true", NULL };
	int fd = STDERR_FILENO;

	DENIED(SYS_execve, "/bin/true", argv, NULL);
	DENIED(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0);
	DENIED(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	DENIED(SYS_clone3, NULL, 0);
	DENIED(SYS_kill, 0, 0);
	DENIED(SYS_tgkill, getpid(), gettid(), 0);
	DENIED(SYS_tgkill, getpid(), gettid(), SIGKILL);
	DENIED(SYS_rt_sigqueueinfo, getpid(), 0, NULL);
	DENIED(SYS_pidfd_open, getpid(), 0);
	DENIED(SYS_ptrace, -1, 0, NULL, NULL);
	DENIED(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
	DENIED(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, NULL);
	DENIED(SYS_setuid, getpid());
	DENIED(SYS_setrlimit, RLIMIT_CORE, NULL);
	DENIED(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, NULL);
	DENIED(SYS_socket, AF_INET, SOCK_STREAM, 0);
	DENIED(SYS_bind, -1, NULL, 0);
	DENIED(SYS_listen, -1, 0);
	DENIED(SYS_unlinkat, AT_FDCWD, "", 0);
	DENIED(SYS_renameat2, AT_FDCWD, "", AT_FDCWD, "", 0);
	DENIED(SYS_mkdirat, AT_FDCWD, "", 0);
	DENIED(SYS_fchmodat, AT_FDCWD, "", 0);
	DENIED(SYS_memfd_create, "x", 0);
	DENIED(SYS_io_uring_setup, 0, NULL);
	DENIED(SYS_ioctl, fd, TIOCSTI, "x");
	DENIED(SYS_fcntl, fd, F_SETOWN, getpid());
	DENIED(SYS_fcntl, fd, F_SETSIG, SIGKILL);
	DENIED(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	DENIED(SYS_mprotect, NULL, 0, PROT_EXEC);
	MISSING(SECCOMP_NEWEST + 1);
}

static void
try_memory(void)
{
	char *all[64] = { NULL };

	for (size_t i = 0; i < nitems(all); i++) {
		size_t n = (size_t)1 << (i % 25);

		all[i] = calloc(n, 1);
		expect("calloc", all[i] != NULL);
		if (all[i] != NULL)
			all[i] = realloc(all[i], 3 * n);
		expect("realloc", all[i] != NULL && all[i][n - 1] == 0);
	}
	for (size_t i = 0; i < nitems(all); i++)
		free(all[i]);
}

static void
try_files(void)
{
	DENIED(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
#ifdef __x86_64__
	DENIED(SYS_open, "/dev/null", O_RDONLY, 0);
#endif
	DENIED(SYS_openat2, AT_FDCWD, "/dev/null", NULL, 0);
	DENIED(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
	DENIED(SYS_connect, -1, NULL, 0);
}

static void
try_pool(void)
{
	FILE *f = fopen("/proc/self/stat", "re");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	expect("fopen", f != NULL && fgetc(f) != EOF && fclose(f) == 0);
	expect("socket", fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	DENIED(SYS_socket, AF_INET6, SOCK_STREAM, 0);
	DENIED(SYS_socket, AF_UNIX | UPPER, SOCK_STREAM, 0);
}

static const enum seccomp_role daemons[] = { SECCOMP_WEB, SECCOMP_WORKER,
	SECCOMP_POOL };

static void
daemons_may_only_serve(void)
{
	for (size_t i = 0; i < nitems(daemons); i++) {
		check_under(daemons[i], try_daemon);
		check_under(daemons[i], try_memory);
	}
	check_under(SECCOMP_WEB, try_files);
	check_under(SECCOMP_WORKER, try_files);
	check_under(SECCOMP_POOL, try_pool);
}

/* Silence, since the message of a real assert is not for the test's output. */
static void
daemons_can_still_abort(void)
{
	for (size_t i = 0; i < nitems(daemons); i++) {
		int status = status_under(daemons[i], abort);

		CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

/* ---- loading ----------------------------------------------------------- */

static void
filter_that_the_kernel_refuses_is_an_error(void)
{
	struct sock_filter code = { .code = BPF_MISC | 0xF0 };
	struct seccomp_filter f = { .code = &code, .n = 1 };
	pid_t pid = fork();

	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0)
		_exit(seccomp_filter_load(&f) == -1 && errno == EINVAL ? 0 : 1);
	CU_ASSERT_EQUAL(wait_for(pid), 0);
}

static void *
make_a_socket(void *ret_fd)
{
	pthread_barrier_t *both = ret_fd;

	pthread_barrier_wait(both); /* the filter is loaded behind this */
	pthread_barrier_wait(both);
	return (void *)(intptr_t)socket(AF_NETLINK, SOCK_RAW, 0);
}

static void
try_earlier_thread(void)
{
	struct seccomp_filter f = { 0 };
	struct err e;
	pthread_barrier_t both;
	pthread_t thread;
	void *fd = NULL;

	pthread_barrier_init(&both, NULL, 2);
	expect("make", seccomp_filter_make(SECCOMP_PROGRAM, &f, &e) == 0);
	pthread_create(&thread, NULL, make_a_socket, &both);
	pthread_barrier_wait(&both);
	expect("load", seccomp_filter_load(&f) == 0);
	pthread_barrier_wait(&both);
	pthread_join(thread, &fd);
	expect("a socket in an earlier thread", (intptr_t)fd == -1);
}

static void
filter_is_for_threads_that_are_there_already(void)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0) {
		wrong = 0;
		try_earlier_thread();
		_exit(wrong > 0);
	}
	CU_ASSERT_EQUAL(wait_for(pid), 0);
}

void
add_seccomp_tried_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(program_may_not_touch_mounts),
		TEST_ROW(program_may_not_touch_the_machine),
		TEST_ROW(program_may_not_touch_others_nor_its_rights),
		TEST_ROW(program_falls_back_from_what_is_missing),
		TEST_ROW(program_may_not_make_namespaces),
		TEST_ROW(program_has_sockets_of_three_families),
		TEST_ROW(program_may_not_type_into_terminals),
		TEST_ROW(program_may_not_set_the_limit_of_cores),
#ifdef __x86_64__
		TEST_ROW(foreign_calls_are_refused_to_all),
#endif
		TEST_ROW(program_has_threads_and_children),
		TEST_ROW(
		    container_lets_the_runner_load_the_filter_of_a_program),
		TEST_ROW(container_may_do_what_the_runner_does),
		TEST_ROW(daemons_may_only_serve),
		TEST_ROW(daemons_can_still_abort),
		TEST_ROW(filter_that_the_kernel_refuses_is_an_error),
		TEST_ROW(filter_is_for_threads_that_are_there_already),
	};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	(void)tests;
#else
	suite_add("seccomp_tried", tests, nitems(tests));
#endif
}
