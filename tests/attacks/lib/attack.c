#define _GNU_SOURCE
#include "tests/attacks/lib/attack.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1000

/* One write a line, so that lines of several processes do not mix. */
static void __attribute__((format(printf, 3, 0)))
say(const char *verdict, const char *attempt, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];
	int n = snprintf(line, 300, "%s: %.250s: ", verdict, attempt);

	n += vsnprintf(line + n, 600, format, ap);
	if (n > LINE_MAX_BYTES - 2)
		n = LINE_MAX_BYTES - 2;
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)n) < 0)
		_exit(99);
}

void
stopped(const char *attempt, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	say("stopped", attempt, why, ap);
	va_end(ap);
}

void
escaped(const char *attempt, const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	say("ESCAPED", attempt, what, ap);
	va_end(ap);
}

void
must_fail(const char *attempt, long result)
{
	int error = errno;

	if (result < 0)
		stopped(attempt, "%s", strerrorname_np(error));
	else
		escaped(attempt, "it returned %ld", result);
}

void
must_be_filtered(const char *attempt, long result)
{
	int error = errno;

	if (result < 0 && (error == EPERM || error == ENOSYS))
		stopped(attempt, "%s", strerrorname_np(error));
	else if (result < 0)
		escaped(attempt, "the kernel itself answered %s",
		    strerrorname_np(error));
	else
		escaped(attempt, "it returned %ld", result);
}

int
in_child(void (*try)(void *argument), void *argument)
{
	int status = -1;
	pid_t pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(98);
	}
	if (pid == 0) {
		try(argument);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

bool
word_is(int argc, char **argv, const char *word)
{
	return argc > 1 && strcmp(argv[1], word) == 0;
}

size_t
visible_pids(pid_t *pids, size_t max)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	if (proc == NULL)
		return 0;
	while (n < max && (entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != getpid())
			pids[n++] = pid;
	}
	closedir(proc);
	return n;
}

void
sleep_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		continue;
}
