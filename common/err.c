#include "common/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
err_set(struct err *e, enum err_code code, const char *format, ...)
{
	va_list ap;

	e->code = code;
	va_start(ap, format);
	vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	return -1;
}

int
err_errno(struct err *e, const char *format, ...)
{
	int saved = errno;
	va_list ap;
	int n;

	e->code = saved == ENOMEM ? ERR_MEMORY : ERR_SYSTEM;
	va_start(ap, format);
	n = vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->text)
		snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s",
		    strerror(saved));
	errno = saved;
	return -1;
}

int
err_wrap(struct err *e, const char *format, ...)
{
	char inner[sizeof e->text];
	va_list ap;
	int n;

	memcpy(inner, e->text, sizeof inner);
	va_start(ap, format);
	n = vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->text)
		snprintf(e->text + n, sizeof e->text - (size_t)n, ": %.*s",
		    (int)(sizeof e->text - (size_t)n), inner);
	return -1;
}
