#include "common/msgbuf.h"

#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"

void
msgbuf_init(struct msgbuf *m, size_t max)
{
	*m = (struct msgbuf){ .max = max };
}

void
msgbuf_view(struct msgbuf *m, const void *data, size_t len)
{
	/* A view is only ever read; put_* on it fails, its max being len. */
	*m = (struct msgbuf){
		.data = (uint8_t *)(uintptr_t)data,
		.len = len,
		.max = len,
	};
}

void
msgbuf_fini(struct msgbuf *m)
{
	if (m->cap > 0)
		free(m->data);
	*m = (struct msgbuf){ 0 };
}

void
msgbuf_reset(struct msgbuf *m)
{
	m->len = m->pos = 0;
	m->bad = false;
}

uint8_t *
msgbuf_reserve(struct msgbuf *m, size_t n)
{
	size_t cap = m->cap ? m->cap : 256;
	uint8_t *data;

	if (m->bad || n > m->max - m->len) {
		m->bad = true;
		return NULL;
	}
	if (m->len + n <= m->cap)
		return m->data + m->len;
	while (cap < m->len + n)
		cap *= 2;
	data = realloc(m->data, cap);
	if (data == NULL) {
		m->bad = true;
		return NULL;
	}
	m->data = data;
	m->cap = cap;
	return m->data + m->len;
}

void
msgbuf_put_raw(struct msgbuf *m, const void *data, size_t n)
{
	uint8_t *to;

	if (n == 0 || (to = msgbuf_reserve(m, n)) == NULL)
		return;
	memcpy(to, data, n);
	m->len += n;
}

void
msgbuf_put_u8(struct msgbuf *m, uint8_t v)
{
	msgbuf_put_raw(m, &v, 1);
}

void
msgbuf_put_u16(struct msgbuf *m, uint16_t v)
{
	uint8_t raw[2];

	bytes_put_u16(raw, v);
	msgbuf_put_raw(m, raw, sizeof raw);
}

void
msgbuf_put_u32(struct msgbuf *m, uint32_t v)
{
	uint8_t raw[4];

	bytes_put_u32(raw, v);
	msgbuf_put_raw(m, raw, sizeof raw);
}

void
msgbuf_put_u64(struct msgbuf *m, uint64_t v)
{
	uint8_t raw[8];

	bytes_put_u64(raw, v);
	msgbuf_put_raw(m, raw, sizeof raw);
}

void
msgbuf_put_block(struct msgbuf *m, const void *data, size_t n)
{
	if (n > UINT32_MAX) {
		m->bad = true;
		return;
	}
	msgbuf_put_u32(m, (uint32_t)n);
	msgbuf_put_raw(m, data, n);
}

void
msgbuf_put_str(struct msgbuf *m, const char *s)
{
	msgbuf_put_block(m, s, strlen(s));
}

void
msgbuf_set_u32(struct msgbuf *m, size_t at, uint32_t v)
{
	if (m->bad || at + 4 > m->len) {
		m->bad = true;
		return;
	}
	bytes_put_u32(m->data + at, v);
}

const void *
msgbuf_get_raw(struct msgbuf *m, size_t n)
{
	const uint8_t *from;

	if (m->bad || n > m->len - m->pos) {
		m->bad = true;
		return NULL;
	}
	from = m->data + m->pos;
	m->pos += n;
	return from;
}

uint8_t
msgbuf_get_u8(struct msgbuf *m)
{
	const uint8_t *p = msgbuf_get_raw(m, 1);

	return p ? *p : 0;
}

uint16_t
msgbuf_get_u16(struct msgbuf *m)
{
	const uint8_t *p = msgbuf_get_raw(m, 2);

	return p ? bytes_get_u16(p) : 0;
}

uint32_t
msgbuf_get_u32(struct msgbuf *m)
{
	const uint8_t *p = msgbuf_get_raw(m, 4);

	return p ? bytes_get_u32(p) : 0;
}

uint64_t
msgbuf_get_u64(struct msgbuf *m)
{
	const uint8_t *p = msgbuf_get_raw(m, 8);

	return p ? bytes_get_u64(p) : 0;
}

const void *
msgbuf_get_block(struct msgbuf *m, size_t *ret_n)
{
	size_t n = msgbuf_get_u32(m);
	const void *p = msgbuf_get_raw(m, n);

	*ret_n = p ? n : 0;
	return p;
}

void
msgbuf_get_str(struct msgbuf *m, char *text, size_t size)
{
	size_t n;
	const char *p = msgbuf_get_block(m, &n);

	text[0] = '\0';
	if (p == NULL)
		return;
	if (n >= size || memchr(p, '\0', n) != NULL) {
		m->bad = true;
		return;
	}
	memcpy(text, p, n);
	text[n] = '\0';
}

bool
msgbuf_done(const struct msgbuf *m)
{
	return !m->bad && m->pos == m->len;
}

size_t
msgbuf_left(const struct msgbuf *m)
{
	return m->bad ? 0 : m->len - m->pos;
}
