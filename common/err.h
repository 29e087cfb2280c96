/*
 * common/err.h -- an error is a value: a code and one sentence.
 *
 * It is written where the fault is understood, given context on its way up
 * (err_wrap puts "context: " in front), and said once: in a log line or in an
 * answer to a client.  What a user's program did is never an err; that is an
 * enum run_status (common/run.h).
 *
 * Every function that can fail takes a struct err * last, returns -1 on
 * failure, and writes its ret_ parameters only on success.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

enum err_code {
	ERR_NONE,
	ERR_SYSTEM,    /* a system call failed; the text has strerror */
	ERR_MEMORY,    /* out of memory */
	ERR_INVALID,   /* what came from outside is not of the agreed form */
	ERR_TOO_LARGE, /* right form, above a limit */
	ERR_MISSING,   /* named thing does not exist */
	ERR_DOCKER,    /* the engine refused, or answered nonsense */
	ERR_GONE,      /* the other side closed the connection */
	ERR_FORBIDDEN, /* this host does not allow it, now or later */
};

struct err {
	enum err_code code;
	char text[256];
};

/*
 * All three return -1, so that `return err_set(...)` is one statement.
 * err_errno adds strerror(errno), and leaves errno as it was.
 */
int err_set(struct err *e, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int err_errno(struct err *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int err_wrap(struct err *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
