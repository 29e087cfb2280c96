#include "web/request.h"

#include <string.h>

#define VALUES_MAX 4096
#define DEPTH_MAX  16

/* Past the string that begins before p. */
static const char *
skip_string(const char *p, const char *end)
{
	while (p < end && *p != '"') {
		p += *p == '\\' ? 2 : 1;
		/* The common case, fast: far to the next quote or backslash. */
		while (p < end && *p != '"' && *p != '\\')
			p++;
	}
	return p < end ? p + 1 : end;
}

int
request_check_shape(const void *json, size_t n, struct fault *f)
{
	const char *p = json, *end = p + n;
	size_t values = 1;
	int depth = 0;

	while (p < end) {
		char c = *p++;

		if (c == '"')
			p = skip_string(p, end);
		else if (c == '[' || c == '{')
			depth++, values++;
		else if (c == ']' || c == '}')
			depth--;
		else if (c == ',')
			values++;
		if (depth > DEPTH_MAX)
			return fault_set(f, 400, "invalid_json",
			    "arrays and objects are nested deeper than %d",
			    DEPTH_MAX);
		if (values > VALUES_MAX)
			return fault_set(f, 400, "invalid_json",
			    "more than %d values", VALUES_MAX);
	}
	return 0;
}
