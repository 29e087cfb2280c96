/*
 * runner/serve.h -- `runner serve`: runs the program that the host sends.
 *
 * Started by a Docker exec session.  Says HELLO and READY, then lives in one
 * event loop that waits for the host, the program's pipes and its keeper
 * alike, so that none of them can make it deaf to another: a KILL, and
 * the end of the stream, are obeyed whatever else is stuck.
 *
 * A host that is gone, or breaks the rules of common/frames.h, ends it all:
 * the program, this process, and through pid 1 the container, which is of no
 * use without its stream.
 *
 * Runs in: the container, beside pid 1.  Blocks: where sandbox.h says.
 */
#ifndef RUNNER_SERVE_H
#define RUNNER_SERVE_H

/* args: TMP_MB TMP_INODES, see struct wall. */
int serve_main(char **args);

#endif
