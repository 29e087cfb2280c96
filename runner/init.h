/*
 * runner/init.h -- `runner init`, the first process of a container.
 *
 * It keeps the container alive, buries the orphans that come to it, and ends
 * on SIGTERM and on nothing else; with it the kernel ends everything in the
 * container.
 *
 * Runs in: pid 1 of a container.  Blocks: that is its work.
 */
#ifndef RUNNER_INIT_H
#define RUNNER_INIT_H

int init_main(char **args);

#endif
