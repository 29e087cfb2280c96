/*
 * runner/files.h -- puts a program's files into its home.
 *
 * A name was checked by the parser: relative, and only downwards.  What is
 * on disk is not trusted for that: no symbolic link is followed, and no file
 * that exists is written.
 *
 * Runs in: runner serve.  Blocks: never; the home is a tmpfs.
 */
#ifndef RUNNER_FILES_H
#define RUNNER_FILES_H

#include "common/err.h"
#include "runner/program.h"

/* Stops at the first failure; its sentence names the file. */
int files_write(int home_fd, const struct program *p, struct err *e);

#endif
