#include "web/chunked.h"

#define SKIPPED_MAX 16384
#define DIGITS_MAX  8 /* 4 GiB, more than any body may have */

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum chunked_state
after_size(const struct chunked *c)
{
	return c->left > 0 ? CHUNKED_DATA : CHUNKED_TRAILER;
}

static enum chunked_state
on_size(struct chunked *c, uint8_t byte)
{
	int value = hex_value(byte);

	if (value >= 0 && c->digits < DIGITS_MAX) {
		c->left = c->left << 4 | (uint64_t)value;
		c->digits++;
		return CHUNKED_SIZE;
	}
	if (c->digits == 0 || value >= 0)
		return CHUNKED_BAD;
	if (byte == '\r')
		return CHUNKED_SIZE_END;
	return byte == ';' ? CHUNKED_EXTENSION : CHUNKED_BAD;
}

/* Text that is of no use to us: on until CR. */
static enum chunked_state
on_skipped(struct chunked *c, uint8_t byte, enum chunked_state same,
    enum chunked_state next)
{
	if (byte == '\r')
		return next;
	if (byte == '\n' || byte == '\0' || ++c->skipped > SKIPPED_MAX)
		return CHUNKED_BAD;
	return same;
}

static enum chunked_state
on_byte(struct chunked *c, uint8_t byte)
{
	switch (c->state) {
	case CHUNKED_SIZE:
		return on_size(c, byte);
	case CHUNKED_EXTENSION:
		return on_skipped(c, byte, CHUNKED_EXTENSION, CHUNKED_SIZE_END);
	case CHUNKED_SIZE_END:
		return byte == '\n' ? after_size(c) : CHUNKED_BAD;
	case CHUNKED_DATA_CR:
		return byte == '\r' ? CHUNKED_DATA_END : CHUNKED_BAD;
	case CHUNKED_DATA_END:
		c->digits = 0;
		return byte == '\n' ? CHUNKED_SIZE : CHUNKED_BAD;
	case CHUNKED_TRAILER:
		return on_skipped(
		    c, byte, CHUNKED_TRAILER_LINE, CHUNKED_LAST_END);
	case CHUNKED_TRAILER_LINE:
		return on_skipped(
		    c, byte, CHUNKED_TRAILER_LINE, CHUNKED_TRAILER_END);
	case CHUNKED_TRAILER_END:
		return byte == '\n' ? CHUNKED_TRAILER : CHUNKED_BAD;
	case CHUNKED_LAST_END:
		return byte == '\n' ? CHUNKED_DONE : CHUNKED_BAD;
	case CHUNKED_DATA:
	case CHUNKED_DONE:
	case CHUNKED_BAD:
	case CHUNKED_NSTATES:
		break;
	}
	return CHUNKED_BAD;
}

size_t
chunked_feed(
    struct chunked *c, const uint8_t *data, size_t n, struct msgbuf *body)
{
	size_t used = 0;

	while (used < n && c->state != CHUNKED_DONE &&
	    c->state != CHUNKED_BAD && !body->bad) {
		size_t part;

		if (c->state != CHUNKED_DATA) {
			c->state = on_byte(c, data[used++]);
			continue;
		}
		part = n - used < c->left ? n - used : (size_t)c->left;
		msgbuf_put_raw(body, data + used, part);
		used += part;
		c->left -= part;
		if (c->left == 0)
			c->state = CHUNKED_DATA_CR;
	}
	return used;
}
