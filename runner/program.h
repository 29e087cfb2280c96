/*
 * runner/program.h -- what RUN asks for, taken apart and checked.
 *
 * The body of RUN comes from the host, but its names, arguments and bytes
 * were chosen by a stranger, so nothing in it is taken as it comes: every
 * byte is accounted for, no string has a NUL inside, and a file's name can
 * only lead downwards.
 *
 * Runs in:  runner serve.  No system calls, so it can be fuzzed as it is.
 * Owns:     argv, envp and the files' names.  Borrows from the body: the
 *           files' contents and the standard input.
 * Always:   what was refused leaves nothing behind.
 */
#ifndef RUNNER_PROGRAM_H
#define RUNNER_PROGRAM_H

#include <stddef.h>

#include "common/err.h"
#include "common/frames.h"

#define PROGRAM_FILES_MAX     1024
#define PROGRAM_NAME_MAX      1024 /* bytes of a file's whole name */
#define PROGRAM_COMPONENT_MAX 255  /* between two slashes: NAME_MAX */

struct program_file {
	const char *name; /* "main.py", "lib/util.py" */
	const void *data;
	size_t size;
};

struct program {
	struct run_frame limits;
	char **argv; /* argv[0] is the file to execute; NULL ends both */
	char **envp;
	struct program_file *files;
	size_t nfiles;
	const void *input;
	size_t input_size;
	char *text; /* where the strings are */
};

/* body is all of RUN's; ret_program goes to program_fini. */
int
program_parse(struct msgbuf *body, struct program *ret_program, struct err *e);
void program_fini(struct program *p);

#endif
