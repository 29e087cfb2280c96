#include "common/words.h"

#include "common/log.h"

#define WORDS_LOGGED 500

void
words_log(const char *subject, const void *data, size_t n)
{
	log_warn("%s runner said: %.*s", subject,
	    (int)(n > WORDS_LOGGED ? WORDS_LOGGED : n), (const char *)data);
}

void
words_make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
