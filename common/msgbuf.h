/*
 * common/msgbuf.h -- a bounded byte buffer that is written and read in one
 * fixed order.
 *
 * Numbers are little-endian, a string or byte block is u32 length + bytes.
 * Writing: put_* append; the buffer grows up to the maximum it was given.
 * Reading: get_* take from the front of a view.  The first get or put that
 * does not fit sets `bad`, and everything after it does nothing and gives
 * zeros, so a decoder checks once, at its end, with msgbuf_done(): every byte
 * used, none missing.
 *
 * Blocks: never.  Owns: its bytes, if it was made by msgbuf_init; a view
 * borrows them.
 */
#ifndef COMMON_MSGBUF_H
#define COMMON_MSGBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct msgbuf {
	uint8_t *data;
	size_t len; /* bytes that are valid */
	size_t cap; /* bytes allocated; 0 for a view */
	size_t max; /* len never passes this */
	size_t pos; /* next byte to read */
	bool bad;
};

void msgbuf_init(struct msgbuf *m, size_t max);
void msgbuf_view(struct msgbuf *m, const void *data, size_t len);
void msgbuf_fini(struct msgbuf *m);
void msgbuf_reset(struct msgbuf *m);

/* Room for n more bytes, or NULL (and bad).  Does not change len. */
uint8_t *msgbuf_reserve(struct msgbuf *m, size_t n);

void msgbuf_put_u8(struct msgbuf *m, uint8_t v);
void msgbuf_put_u16(struct msgbuf *m, uint16_t v);
void msgbuf_put_u32(struct msgbuf *m, uint32_t v);
void msgbuf_put_u64(struct msgbuf *m, uint64_t v);
void msgbuf_put_raw(struct msgbuf *m, const void *data, size_t n);
void msgbuf_put_block(struct msgbuf *m, const void *data, size_t n);
void msgbuf_put_str(struct msgbuf *m, const char *s);
void msgbuf_set_u32(struct msgbuf *m, size_t at, uint32_t v);

uint8_t msgbuf_get_u8(struct msgbuf *m);
uint16_t msgbuf_get_u16(struct msgbuf *m);
uint32_t msgbuf_get_u32(struct msgbuf *m);
uint64_t msgbuf_get_u64(struct msgbuf *m);
/* Borrowed from the buffer; NULL and *ret_n = 0 when bad. */
const void *msgbuf_get_raw(struct msgbuf *m, size_t n);
const void *msgbuf_get_block(struct msgbuf *m, size_t *ret_n);
/* Copies into text, always terminated; too long or with a NUL inside: bad. */
void msgbuf_get_str(struct msgbuf *m, char *text, size_t size);

/* Everything was read, nothing was missing. */
bool msgbuf_done(const struct msgbuf *m);
size_t msgbuf_left(const struct msgbuf *m);

#endif
