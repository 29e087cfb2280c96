#define _GNU_SOURCE
#include "runner/init.h"

#include <signal.h>
#include <sys/wait.h>

#include "runner/self.h"

/*
 * Only the two signals that are waited for get blocked.  The others stay at
 * their defaults, which the kernel drops for a pid 1; blocked, they would
 * queue up and use the user id's quota of pending signals.
 */
int
init_main(char **args)
{
	sigset_t wanted;

	struct err e;

	(void)args;
	if (self_settle(&e) < 0)
		return 1;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, NULL);

	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (sigwaitinfo(&wanted, NULL) == SIGTERM)
			return 0;
	}
}
