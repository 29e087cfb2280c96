/*
 * supervisor/child_log.h -- what a child says on standard error, in our log.
 *
 * Lines that the child formed by common/log.c pass as they are.  Anything
 * else (an assertion of libc, a sanitizer's report) gets a prefix that says
 * whose it is.
 */
#ifndef SUPERVISOR_CHILD_LOG_H
#define SUPERVISOR_CHILD_LOG_H

struct event_base;
struct child_log;

/* Takes fd; role is borrowed.  NULL: no memory. */
struct child_log *child_log_open(
    struct event_base *base, int fd, const char *role, unsigned index);
/* Passes on what is still in the pipe, then frees.  NULL is fine. */
void child_log_close(struct child_log *log);

#endif
