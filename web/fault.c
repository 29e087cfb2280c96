#include "web/fault.h"

#include <stdarg.h>
#include <stdio.h>

int
fault_set(
    struct fault *f, unsigned status, const char *code, const char *format, ...)
{
	va_list ap;

	f->status = status;
	f->code = code;
	f->retry_after_s = 0;
	va_start(ap, format);
	vsnprintf(f->message, sizeof f->message, format, ap);
	va_end(ap);
	return -1;
}
