/*
 * runner/order.h -- a program's order: serve sends it, the program's process
 * receives it.
 *
 * Limits, arguments, environment and files, through a pipe whose other end
 * has waited since the sandbox was built.  The files are written by the
 * process that receives them, in its home: nobody outside the inner wall has
 * to reach in.  A name was checked by the parser: relative, and only
 * downwards; still no symbolic link is followed, and no file that exists is
 * written.
 *
 * Both ends are ours, and the same binary: so the form is a plain struct.
 */
#ifndef RUNNER_ORDER_H
#define RUNNER_ORDER_H

#include <stdbool.h>

#include "common/err.h"
#include "runner/program.h"

/*
 * In serve.  Blocks until the process took it all.  False: it is gone; why,
 * the keeper's words tell.
 */
bool order_send(int fd, const struct program *p);

struct order {
	struct run_frame limits;
	char **argv; /* both end with NULL, and are never freed: exec does it */
	char **envp;
};

/*
 * In the program's process.  Blocks until serve sends.  -1: serve is gone
 * (ERR_GONE), or a file cannot be written; then *e names it.
 */
int order_receive(int fd, struct order *ret_order, struct err *e);

#endif
