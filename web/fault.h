/*
 * web/fault.h -- why a request is refused: an HTTP status, a code for
 * programs and a sentence for people.
 *
 * Found by functions that know nothing of connections (head, guard, request),
 * answered in one place: http_respond_fault().
 */
#ifndef WEB_FAULT_H
#define WEB_FAULT_H

struct fault {
	unsigned status;        /* 400 */
	const char *code;       /* "invalid_field"; a literal */
	unsigned retry_after_s; /* 0: no Retry-After */
	char message[768];
};

/* Returns -1, so that `return fault_set(...)` is one statement. */
int fault_set(struct fault *f, unsigned status, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
