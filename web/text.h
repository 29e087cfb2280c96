/*
 * web/text.h -- bytes as text: UTF-8, JSON strings, base64.
 *
 * What a program writes is any bytes at all; what a client reads is JSON.
 * UTF-8 is taken strictly: no surrogates, nothing overlong, nothing above
 * U+10FFFF.
 *
 * Blocks: never; some ms for each MiB.  Owns: nothing.
 */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/msgbuf.h"

bool text_is_utf8(const void *bytes, size_t n);

/* n, less the bytes of a last character that is right so far but not whole:
 * what is left of a text that was cut at a limit. */
size_t text_whole_length(const void *bytes, size_t n);

/* A JSON string with its quotes.  What is not UTF-8 becomes U+FFFD. */
void text_put_json(struct msgbuf *m, const void *bytes, size_t n);
void text_put_json_str(struct msgbuf *m, const char *s);
/* JSON that is written already; the format's output is at most 512 bytes. */
void text_put_format(struct msgbuf *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void text_put_base64(struct msgbuf *m, const void *bytes, size_t n);
/* Appends what s stands for.  -1: not base64 (RFC 4648, with its padding);
 * m is then as it was before. */
int text_get_base64(struct msgbuf *m, const char *s, size_t n);

#endif
