/*
 * seccomp/profile.h -- the containers' seccomp profile.
 *
 * The container's rows of the table (seccomp/table.h) in the form that Docker
 * takes in SecurityOpt.  An allowlist: what has no row gives EPERM, and what
 * is newer than every row ENOSYS, by Docker's runtime.  Foreign architectures
 * (32-bit calls on a 64-bit kernel, x32) are not named in it and so are
 * refused whole: their socketcall hides the socket family from every filter.
 *
 * Runs in: the pool.  Blocks: never.
 */
#ifndef SECCOMP_PROFILE_H
#define SECCOMP_PROFILE_H

/* JSON text; the caller frees.  NULL: no memory. */
char *seccomp_container_profile(void);

#endif
