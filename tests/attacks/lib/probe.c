/*
 * attacks probe: what a process can see around it and inherits, one line a
 * fact, for comparing one sandbox with another.
 *
 * What must differ from one container to the next, or from one moment to the
 * next, is left out here or made alike; each place says why.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define LINE_BYTES 4096

/* ---- files of /proc, line by line --------------------------------------- */

/* A character that may stand in a name: not where a number begins or ends. */
static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Replaces numbers of `digits` or more digits, hex ones too, by #. */
static void
hide_numbers(char *line, size_t digits)
{
	char *to = line;

	for (const char *at = line; *at != '\0';) {
		size_t n = strspn(at, "0123456789abcdef");

		if (n >= digits && !is_word(at[n])) {
			*to++ = '#';
			at += n;
			continue;
		}
		do
			*to++ = *at++;
		while (is_word(at[-1]) && *at != '\0');
	}
	*to = '\0';
}

static void
each_line(const char *path, void (*print)(const char *path, char *line))
{
	char line[LINE_BYTES];
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		printf("%s: %s\n", path, strerrorname_np(errno));
		return;
	}
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		print(path, line);
	}
	fclose(file);
}

static void
as_it_is(const char *path, char *line)
{
	printf("%s: %s\n", path, line);
}

/* Addresses, inodes: of this moment. */
static void
without_long_numbers(const char *path, char *line)
{
	hide_numbers(line, 4);
	as_it_is(path, line);
}

/* VmRSS and the like, and context switches, are of this moment. */
static void
chosen_status(const char *path, char *line)
{
	static const char *const wanted[] = { "Name:", "Umask:", "State:",
		"Tgid:", "Ngid:", "Pid:", "PPid:", "TracerPid:", "FDSize:",
		"NStgid:", "NSpid:", "NSpgid:", "NSsid:", "Kthread:",
		"CoreDumping:", "THP_enabled:", "Threads:", "Sig",
		"ShdPnd:", "Cap", "NoNewPrivs:", "Seccomp", "Spec",
		"Cpus_allowed:", "Mems_allowed:", "x86_Thread_features",
		"untag_mask" };

	for (size_t i = 0; i < nitems(wanted); i++)
		if (strncmp(line, wanted[i], strlen(wanted[i])) == 0)
			as_it_is(path, line);
	/* As root of no namespace a container has a number of its own. */
	if (strncmp(line, "Uid:", 4) == 0 || strncmp(line, "Gid:", 4) == 0 ||
	    strncmp(line, "Groups:", 7) == 0) {
		hide_numbers(line, 5);
		as_it_is(path, line);
	}
}

/* Replaces what follows `key` up to a comma or space. */
static void
hide_value(char *line, const char *key)
{
	char *at = strstr(line, key);
	char *end;

	if (at == NULL)
		return;
	at += strlen(key);
	end = at + strcspn(at, ", ");
	*at++ = '#';
	memmove(at, end, strlen(end) + 1);
}

/*
 * Ids of mounts and devices come from counters of the whole machine; the
 * layers of an overlay and the user id are a container's own.
 */
static void
mount_line(const char *path, char *line)
{
	static const char *const own[] = { "lowerdir=", "upperdir=", "workdir=",
		"uid=", "gid=", "master:", "shared:" };
	char *from = strstr(line, " /");

	if (from == NULL)
		return;
	for (size_t i = 0; i < nitems(own); i++)
		hide_value(from, own[i]);
	/* /docker/<id>/... */
	hide_numbers(from, 12);
	as_it_is(path, from);
}

/* Outside, each container has a user id of its own. */
static void
map_line(const char *path, char *line)
{
	unsigned long inside, outside, count;

	if (sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3)
		printf("%s: %lu # %lu\n", path, inside, count);
}

/* Only of this network: memory and orphans are the whole machine's. */
static void
socket_line(const char *path, char *line)
{
	char kind[32];
	int used;

	if (sscanf(line, "%31s inuse %d", kind, &used) == 2 ||
	    sscanf(line, "%31s used %d", kind, &used) == 2)
		printf("%s: %s %d\n", path, kind, used);
}

/* Those of open files have no process, and show for the whole machine. */
static void
lock_line(const char *path, char *line)
{
	if (strstr(line, "OFDLCK") == NULL)
		without_long_numbers(path, line);
}

static void
proc_files(void)
{
	static const char *const plain[] = { "/proc/sysvipc/shm",
		"/proc/sysvipc/sem", "/proc/sysvipc/msg", "/proc/self/cgroup",
		"/proc/self/setgroups", "/proc/self/oom_score_adj",
		"/proc/self/coredump_filter", "/proc/self/timens_offsets",
		"/proc/self/loginuid", "/proc/self/limits", "/proc/net/tcp",
		"/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6",
		"/proc/net/raw", "/proc/net/dev", "/proc/net/snmp",
		"/proc/net/snmp6", "/proc/net/netstat", "/proc/net/route",
		"/proc/net/arp", "/proc/net/if_inet6",
		"/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname",
		"/proc/sys/kernel/shmmax", "/proc/sys/kernel/shmmni",
		"/proc/sys/kernel/sem", "/proc/sys/kernel/msgmax",
		"/proc/sys/kernel/msgmnb", "/proc/sys/kernel/pid_max",
		"/proc/sys/fs/mqueue/msg_max", "/proc/sys/fs/mqueue/queues_max",
		"/proc/sys/fs/pipe-max-size",
		"/proc/sys/fs/pipe-user-pages-soft",
		"/proc/sys/fs/inotify/max_user_instances" };

	for (size_t i = 0; i < nitems(plain); i++)
		each_line(plain[i], as_it_is);
	each_line("/proc/self/status", chosen_status);
	each_line("/proc/self/mountinfo", mount_line);
	each_line("/proc/self/uid_map", map_line);
	each_line("/proc/self/gid_map", map_line);
	each_line("/proc/net/sockstat", socket_line);
	each_line("/proc/net/sockstat6", socket_line);
	each_line("/proc/net/unix", without_long_numbers);
	each_line("/proc/locks", lock_line);
}

/* ---- processes ---------------------------------------------------------- */

static void
process(pid_t pid)
{
	char path[64], line[LINE_BYTES] = "";
	char name[64], state;
	int ids[4];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof line, file) == NULL)
		printf("process %d: %s\n", pid, strerrorname_np(errno));
	else if (sscanf(line, "%*d (%63[^)]) %c %d %d %d %d", name, &state,
		     &ids[0], &ids[1], &ids[2], &ids[3]) == 6)
		printf("process %d: %s, parent %d, group %d, session %d, "
		       "terminal %d, priority %d, oom\n",
		    pid, name, ids[0], ids[1], ids[2], ids[3],
		    getpriority(PRIO_PROCESS, (id_t)pid));
	if (file != NULL)
		fclose(file);
}

static void
processes(void)
{
	pid_t pids[256];
	size_t n = visible_pids(pids, nitems(pids));
	pid_t child;

	for (size_t i = 0; i < n; i++)
		process(pids[i]);
	process(getpid());
	child = fork();
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	printf("the next process: +%d\n", child - getpid());
}

/* ---- what is inherited -------------------------------------------------- */

static void
descriptors(void)
{
	char path[64], target[256];

	for (int fd = 0; fd < 1024; fd++) {
		ssize_t n;

		if (fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof target - 1);
		target[n < 0 ? 0 : n] = '\0';
		hide_numbers(target, 2); /* pipe:[inode] */
		printf("descriptor %d: %s flags %x %x owner %d\n", fd, target,
		    (unsigned)fcntl(fd, F_GETFL), (unsigned)fcntl(fd, F_GETFD),
		    fcntl(fd, F_GETOWN));
	}
}

static void
limits_and_scheduling(void)
{
	struct rlimit limit;
	cpu_set_t cpus;

	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (getrlimit((enum __rlimit_resource)i, &limit) == 0)
			printf("limit %d: %llu %llu\n", i,
			    (unsigned long long)limit.rlim_cur,
			    (unsigned long long)limit.rlim_max);
	printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
	printf("policy: %d\n", sched_getscheduler(0));
	printf("input: %ld\n", syscall(SYS_ioprio_get, 1, 0));
	sched_getaffinity(0, sizeof cpus, &cpus);
	printf("cores: %d\n", CPU_COUNT(&cpus));
	printf("timer slack: %d\n", prctl(PR_GET_TIMERSLACK));
	printf("dumpable: %d\n", prctl(PR_GET_DUMPABLE));
	printf("personality: %x\n", (unsigned)personality(0xffffffff));
	printf("seccomp: %d\n", prctl(PR_GET_SECCOMP));
	printf("ids: group %d, session %d, parent %d\n", getpgrp(), getsid(0),
	    getppid());
}

static void
signals(void)
{
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int i = 1; i < NSIG; i++) {
		if (sigaction(i, NULL, &action) == 0 &&
		    action.sa_handler != SIG_DFL)
			printf("signal %d: ignored\n", i);
		if (sigismember(&mask, i) == 1)
			printf("signal %d: blocked\n", i);
	}
}

static void
surroundings(void)
{
	char text[LINE_BYTES];

	for (char **variable = environ; *variable != NULL; variable++)
		printf("environment: %s\n", *variable);
	printf("folder: %s\n", getcwd(text, sizeof text));
	gethostname(text, sizeof text);
	printf("host: %s\n", text);
	getdomainname(text, sizeof text);
	printf("domain: %s\n", text);
}

/* ---- files -------------------------------------------------------------- */

/*
 * Everything but /proc, /sys and /usr, which is read-only and large.  Sizes
 * of folders on a disk are its own affair.
 */
static int
file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_D &&
	    (strcmp(path, "/proc") == 0 || strcmp(path, "/sys") == 0 ||
		strcmp(path, "/usr") == 0))
		return FTW_SKIP_SUBTREE;
	printf("file %s: %o owner %s %lld bytes, %lu links\n", path,
	    st->st_mode,
	    st->st_uid == getuid() ? "me" :
		st->st_uid == 0    ? "root" :
				     "other",
	    S_ISREG(st->st_mode) ? (long long)st->st_size : 0LL,
	    S_ISREG(st->st_mode) ? (unsigned long)st->st_nlink : 0UL);
	return FTW_CONTINUE;
}

static void
files(void)
{
	static const char *const places[] = { "/", "/tmp", "/home/sandbox",
		"/dev", "/dev/shm" };
	struct statfs fs;

	nftw("/", file, 32, FTW_PHYS | FTW_ACTIONRETVAL);
	for (size_t i = 0; i < nitems(places); i++) {
		if (statfs(places[i], &fs) < 0)
			continue;
		printf("room %s: type %lx flags %lx", places[i],
		    (unsigned long)fs.f_type, (unsigned long)fs.f_flags);
		/* What a disk has free is of this moment. */
		if (i > 0 && fs.f_type == 0x01021994)
			printf(" blocks %lu free %lu files %lu free %lu",
			    (unsigned long)fs.f_blocks,
			    (unsigned long)fs.f_bfree,
			    (unsigned long)fs.f_files,
			    (unsigned long)fs.f_ffree);
		printf("\n");
	}
}

/* ---- what the kernel counts for a user id ------------------------------- */

/* How many of each can be had: less, if somebody else holds some. */
static void
shares(void)
{
	struct mq_attr size = { .mq_maxmsg = 10, .mq_msgsize = 1024 };
	const union sigval value = { .sival_int = 0 };
	int watches = 0, pipes = 0, queued = 0, queues = 0, ends[2];
	sigset_t blocked;
	char name[32];

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	while (queued < 100000 && sigqueue(getpid(), SIGRTMIN, value) == 0)
		queued++;
	while (watches < 1000 && inotify_init1(0) >= 0)
		watches++;
	closefrom(3);
	while (pipes < 100 && pipe(ends) == 0 &&
	    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) > 0)
		pipes++;
	closefrom(3);
	for (; queues < 100; queues++) {
		snprintf(name, sizeof name, "/probe%d", queues);
		if (mq_open(name, O_RDWR | O_CREAT, 0600, &size) < 0)
			break;
	}
	for (int i = 0; i < queues; i++) {
		snprintf(name, sizeof name, "/probe%d", i);
		mq_unlink(name);
	}
	printf("share: %d signals, %d watches, %d pipes, %d queues\n", queued,
	    watches, pipes, queues);
}

int
probe(void)
{
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	signals();
	descriptors();
	processes();
	proc_files();
	limits_and_scheduling();
	surroundings();
	files();
	shares();
	fflush(stdout);
	return 0;
}
