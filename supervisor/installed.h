/*
 * supervisor/installed.h -- which version of a package this host has.
 *
 * Read from dpkg's own list: a distribution patches a program without giving
 * it a new upstream version, and only its package's version tells.
 *
 * Runs in: `safe-code-executor --self-test`.  Blocks: for one file.
 */
#ifndef SUPERVISOR_INSTALLED_H
#define SUPERVISOR_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#define INSTALLED_LIST "/var/lib/dpkg/status"

/* false: there is no such list, or the package is not installed. */
bool installed_version(
    const char *list, const char *package, char *ret_version, size_t size);

#endif
