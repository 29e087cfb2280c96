/*
 * web/known_bad.h -- versions of the kernel and of Docker's parts that are
 * known to be bad for this service.
 *
 * The table says of each how far it matters here: what is only dangerous to
 * others is either not in it or says so.  A distribution may have patched a
 * version without a new number; where it says the version of its package, and
 * the table knows which one is patched, there is no warning.
 *
 * A pure function of what the engine and the kernel say of themselves.
 */
#ifndef WEB_KNOWN_BAD_H
#define WEB_KNOWN_BAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct known_bad {
	const char *component; /* "runc", "kernel": as in `versions` */
	const char *from;      /* the first bad version; NULL: the first */
	const char *before;    /* the first good one */
	const char *patched;   /* Debian's first good package; or NULL */
	const char *names;     /* "CVE-2024-21626" */
	const char *why;       /* what it does, and how far it matters here */
};

/* Ends with component NULL. */
extern const struct known_bad known_bad[];

/*
 * versions: {"runc": {"version": "1.1.5", "build": "1.1.5-1" or null}, ..}.
 * Gives an array of {component, version, names, fixed_in, patched_package,
 * why, note}; borrows versions.
 */
json_t *known_bad_warnings(const json_t *versions);

/*
 * What tells how far a kernel is patched, of `uname -r` and `uname -v`: into
 * ret_version "6.1.37" or what Debian says ("6.1.37-1").  false: its
 * distribution numbers it in its own way, and nothing can be said.
 */
bool known_bad_kernel(
    const char *release, const char *build, char *ret_version, size_t size);

#endif
