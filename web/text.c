#define _GNU_SOURCE
#include "web/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HIGH_BITS 0x8080808080808080u

/* What a lead byte announces: bytes in all, and the range of the second. */
struct lead {
	uint8_t len, low, high;
};

static const struct lead leads[256] = {
	[0x00 ... 0x7f] = { 1, 0, 0 },
	[0xc2 ... 0xdf] = { 2, 0x80, 0xbf },
	[0xe0] = { 3, 0xa0, 0xbf }, /* below: overlong */
	[0xe1 ... 0xec] = { 3, 0x80, 0xbf },
	[0xed] = { 3, 0x80, 0x9f }, /* above: surrogates */
	[0xee ... 0xef] = { 3, 0x80, 0xbf },
	[0xf0] = { 4, 0x90, 0xbf }, /* below: overlong */
	[0xf1 ... 0xf3] = { 4, 0x80, 0xbf },
	[0xf4] = { 4, 0x80, 0x8f }, /* above: more than U+10FFFF */
};

/* The bytes at the front that belong together. */
struct piece {
	size_t len;   /* at least 1 */
	bool valid;   /* one whole character */
	bool partial; /* right so far, but the bytes end here */
};

static struct piece
piece_at(const uint8_t *p, size_t n)
{
	struct lead lead = leads[p[0]];
	size_t len = 1;

	if (lead.len == 0)
		return (struct piece){ .len = 1 };
	while (len < lead.len && len < n) {
		uint8_t low = len == 1 ? lead.low : 0x80;
		uint8_t high = len == 1 ? lead.high : 0xbf;

		if (p[len] < low || p[len] > high)
			return (struct piece){ .len = len };
		len++;
	}
	return (struct piece){
		.len = len,
		.valid = len == lead.len,
		.partial = len < lead.len,
	};
}

static size_t
ascii_length(const uint8_t *p, size_t n)
{
	size_t i = 0;
	uint64_t word;

	for (; i + sizeof word <= n; i += sizeof word) {
		memcpy(&word, p + i, sizeof word);
		if (word & HIGH_BITS)
			break;
	}
	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

/* Where the first piece begins that is no character; n: there is none. */
static size_t
valid_length(const uint8_t *p, size_t n)
{
	size_t i = ascii_length(p, n);

	while (i < n) {
		struct piece piece = piece_at(p + i, n - i);

		if (!piece.valid)
			return i;
		i += piece.len;
		if (i < n && p[i] < 0x80)
			i += ascii_length(p + i, n - i);
	}
	return n;
}

bool
text_is_utf8(const void *bytes, size_t n)
{
	return valid_length(bytes, n) == n;
}

size_t
text_whole_length(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	/* A character has at most 4 bytes: its lead is one of the last 3. */
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		if ((p[n - back] & 0xc0) == 0x80)
			continue;
		return piece_at(p + n - back, back).partial ? n - back : n;
	}
	return n;
}

/* ---- JSON ------------------------------------------------------------- */

#define ESCAPE_MAX 6  /* \u0000 */
#define TURN_BYTES 64 /* then it is seen whether plain ones follow */

/* How a byte is written; any other value: as \ and that letter. */
enum {
	PLAIN = 0,   /* as it is */
	CONTROL = 1, /* \u00.. */
	WIDE = 2,    /* with the bytes after it */
};

static const char escapes[256] = {
	[0x00 ... 0x07] = CONTROL,
	[0x0b] = CONTROL,
	[0x0e ... 0x1f] = CONTROL,
	['"'] = '"',
	['\\'] = '\\',
	['\b'] = 'b',
	['\f'] = 'f',
	['\n'] = 'n',
	['\r'] = 'r',
	['\t'] = 't',
	[0x80 ... 0xff] = WIDE,
};

static size_t
plain_length(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && escapes[p[i]] == PLAIN)
		i++;
	return i;
}

static char *
add_wide(char *to, const uint8_t *p, struct piece piece)
{
	if (!piece.valid)
		return mempcpy(to, "\xef\xbf\xbd", 3);
	return mempcpy(to, p, piece.len);
}

static char *
add_control(char *to, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";

	to = mempcpy(to, "\\u00", 4);
	*to++ = hex[c >> 4];
	*to++ = hex[c & 15];
	return to;
}

/* Some bytes, of which many may need an escape.  Returns how many. */
static size_t
put_escaped(struct msgbuf *m, const uint8_t *p, size_t n)
{
	char text[TURN_BYTES * ESCAPE_MAX], *to = text;
	size_t i = 0;

	while (i < n && i < TURN_BYTES) {
		char escape = escapes[p[i]];

		if (escape == WIDE) {
			struct piece piece = piece_at(p + i, n - i);

			to = add_wide(to, p + i, piece);
			i += piece.len;
			continue;
		}
		if (escape == PLAIN) {
			*to++ = (char)p[i];
		} else if (escape == CONTROL) {
			to = add_control(to, p[i]);
		} else {
			*to++ = '\\';
			*to++ = escape;
		}
		i++;
	}
	msgbuf_put_raw(m, text, (size_t)(to - text));
	return i;
}

void
text_put_json(struct msgbuf *m, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t i = 0;

	msgbuf_reserve(m, n + 2);
	msgbuf_put_u8(m, '"');
	while (i < n && !m->bad) {
		size_t plain = plain_length(p + i, n - i);

		msgbuf_put_raw(m, p + i, plain);
		i += plain;
		i += put_escaped(m, p + i, n - i);
	}
	msgbuf_put_u8(m, '"');
}

void
text_put_json_str(struct msgbuf *m, const char *s)
{
	text_put_json(m, s, strlen(s));
}

void
text_put_format(struct msgbuf *m, const char *format, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		m->bad = true;
	else
		msgbuf_put_raw(m, text, (size_t)n);
}

/* ---- base64 ----------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
text_put_base64(struct msgbuf *m, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t len = (n + 2) / 3 * 4, i;
	uint8_t *to = msgbuf_reserve(m, len);

	if (to == NULL)
		return;
	for (i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)p[i] << 16;

		bits |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
		bits |= i + 2 < n ? p[i + 2] : 0;
		*to++ = (uint8_t)digits[bits >> 18];
		*to++ = (uint8_t)digits[bits >> 12 & 63];
		*to++ = i + 1 < n ? (uint8_t)digits[bits >> 6 & 63] : '=';
		*to++ = i + 2 < n ? (uint8_t)digits[bits & 63] : '=';
	}
	m->len += len;
}

/* The digit's value plus 1; 0: no digit. */
static const uint8_t values[256] = {
	['A'] = 1,
	['B'] = 2,
	['C'] = 3,
	['D'] = 4,
	['E'] = 5,
	['F'] = 6,
	['G'] = 7,
	['H'] = 8,
	['I'] = 9,
	['J'] = 10,
	['K'] = 11,
	['L'] = 12,
	['M'] = 13,
	['N'] = 14,
	['O'] = 15,
	['P'] = 16,
	['Q'] = 17,
	['R'] = 18,
	['S'] = 19,
	['T'] = 20,
	['U'] = 21,
	['V'] = 22,
	['W'] = 23,
	['X'] = 24,
	['Y'] = 25,
	['Z'] = 26,
	['a'] = 27,
	['b'] = 28,
	['c'] = 29,
	['d'] = 30,
	['e'] = 31,
	['f'] = 32,
	['g'] = 33,
	['h'] = 34,
	['i'] = 35,
	['j'] = 36,
	['k'] = 37,
	['l'] = 38,
	['m'] = 39,
	['n'] = 40,
	['o'] = 41,
	['p'] = 42,
	['q'] = 43,
	['r'] = 44,
	['s'] = 45,
	['t'] = 46,
	['u'] = 47,
	['v'] = 48,
	['w'] = 49,
	['x'] = 50,
	['y'] = 51,
	['z'] = 52,
	['0'] = 53,
	['1'] = 54,
	['2'] = 55,
	['3'] = 56,
	['4'] = 57,
	['5'] = 58,
	['6'] = 59,
	['7'] = 60,
	['8'] = 61,
	['9'] = 62,
	['+'] = 63,
	['/'] = 64,
};

/* Four digits, the last `pad` of them "=", which count as zeros. */
static int
quad_value(const uint8_t *s, size_t pad, uint32_t *ret_bits)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		uint8_t value = i < 4 - pad ? values[s[i]] : 1;

		if (value == 0)
			return -1;
		bits = bits << 6 | (uint32_t)(value - 1);
	}
	/* Bits that stand for nothing must be zero: one form for each text. */
	if ((pad == 1 && bits & 0xff) || (pad == 2 && bits & 0xffff))
		return -1;
	*ret_bits = bits;
	return 0;
}

int
text_get_base64(struct msgbuf *m, const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t pad = 0, done = 0;
	uint8_t *to;

	if (n == 0)
		return 0;
	if (n % 4 != 0)
		return -1;
	if (p[n - 1] == '=')
		pad = p[n - 2] == '=' ? 2 : 1;
	to = msgbuf_reserve(m, n / 4 * 3);
	if (to == NULL)
		return -1;
	for (size_t i = 0; i < n; i += 4) {
		uint32_t bits;

		if (quad_value(p + i, i + 4 == n ? pad : 0, &bits) < 0)
			return -1;
		to[done++] = (uint8_t)(bits >> 16);
		to[done++] = (uint8_t)(bits >> 8);
		to[done++] = (uint8_t)bits;
	}
	m->len += done - pad;
	return 0;
}
