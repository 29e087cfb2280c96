/*
 * runner/main.c -- /sce/runner, the one program of ours in a container.
 *
 *     worker, pool                       container
 *                                    +----------------------------+
 *                                    |  pid 1: runner init        |
 *     frames over a Docker           |                            |
 *     exec stream  <------------------->  runner serve            |
 *                                    |       |  pipes             |
 *                                    |  +--- v --- inner wall --+ |
 *                                    |  | keeper, pid 1 here    | |
 *                                    |  | the program, a stranger |
 *                                    |  +-----------------------+ |
 *                                    +----------------------------+
 *
 * The words on the stream are common/frames.h.  What the host says is obeyed
 * and checked; what the program does can cost no more than its container.
 *
 *     main.c      the commands
 *     self.c      the state a process of ours puts itself in
 *     init.c      `runner init`
 *     serve.c     `runner serve`: the event loop, and what the host may say
 *     host.c      the stream: frames in, a bounded queue of frames out
 *     job.c       one program's life after the other, from RUN to EXIT
 *     program.c   the parser of RUN; no system calls
 *     order.c     what serve tells the program's process; its files
 *     feed.c      the program's standard input
 *     output.c    the program's standard output and error
 *     sandbox.c   where the program lives: made, used, emptied
 *     keeper.c    the first process in there
 *     wall.c      what it builds around itself: namespaces, root, /proc
 *     net.c       the loopback, and whether anybody used it
 *     child.c     the program's process, from fork to exec
 */
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/frames.h"
#include "runner/init.h"
#include "runner/serve.h"

static int
version_main(char **args)
{
	(void)args;
	return printf("runner, frames version %d\n", FRAMES_VERSION) < 0;
}

static const struct command {
	const char *name;
	int nargs;
	int (*main)(char **args);
} commands[] = {
	{ "init", 0, init_main },
	{ "serve", 2, serve_main },
	{ "--version", 0, version_main },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc >= 2 && i < nitems(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0 &&
		    argc == 2 + commands[i].nargs)
			return commands[i].main(argv + 2);
	fputs("usage: runner init | serve TMP_MB TMP_INODES | --version\n",
	    stderr);
	return 2;
}
