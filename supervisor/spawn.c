#define _GNU_SOURCE
#include "supervisor/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/child.h"

/*
 * The environment of a child: nothing of the user's, but what a sanitizer
 * build is told by (such as ASAN_OPTIONS).
 */
static char **
child_environment(char **room, size_t size)
{
	static const char *const kept[] = { "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
		"LSAN_OPTIONS=", "TSAN_OPTIONS=" };
	size_t n = 0;

	for (char **v = environ; *v != NULL; v++)
		for (size_t i = 0; i < nitems(kept); i++)
			if (n + 1 < size &&
			    strncmp(*v, kept[i], strlen(kept[i])) == 0)
				room[n++] = *v;
	room[n] = NULL;
	return room;
}

/* Only async-signal-safe calls: we are between fork and exec. */
static void __attribute__((noreturn))
become_child(int program_fd, int control_fd, int log_fd, int null_fd,
    char *const argv[], char *const envp[])
{
	sigset_t none;

	/* Sources are above 3 (see spawn_child), so no dup2 hits another. */
	dup2(null_fd, STDIN_FILENO);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	dup2(control_fd, CHILD_CONTROL_FD);
	close_range(CHILD_CONTROL_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fexecve(program_fd, argv, envp);
	_exit(127);
}

/* A duplicate above the numbers that become_child() fills. */
static int
move_up(int *fd)
{
	int up = fcntl(*fd, F_DUPFD_CLOEXEC, CHILD_CONTROL_FD + 1);

	close(*fd);
	return *fd = up;
}

int
spawn_child(int program_fd, enum role role, struct spawned *ret, struct err *e)
{
	auto_close int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_close int control = -1, control_child = -1;
	auto_close int log = -1, log_child = -1;
	char role_option[32], *envp[8];
	char *argv[] = { "safe-code-executor", role_option, NULL };
	int pair[2], pipe_fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, "control channel");
	control = pair[0];
	control_child = pair[1];
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_errno(e, "log pipe");
	log = pipe_fds[0];
	log_child = pipe_fds[1];
	if (move_up(&null_fd) < 0 || move_up(&control_child) < 0 ||
	    move_up(&log_child) < 0)
		return err_errno(e, "descriptors");
	snprintf(role_option, sizeof role_option, "--role=%s", role_name(role));
	child_environment(envp, nitems(envp));
	pid = fork();
	if (pid < 0)
		return err_errno(e, "fork");
	if (pid == 0)
		become_child(
		    program_fd, control_child, log_child, null_fd, argv, envp);
	*ret = (struct spawned){
		.pid = pid,
		.control_fd = steal_fd(&control),
		.log_fd = steal_fd(&log),
	};
	return 0;
}
