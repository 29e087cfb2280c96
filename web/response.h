/*
 * web/response.h -- how a run ended, as the JSON a client gets.
 *
 * The streams are exact: as text where they are UTF-8, else as base64.  Only
 * `output`, which is for people's eyes, replaces what is no character.
 *
 * A pure function.
 */
#ifndef WEB_RESPONSE_H
#define WEB_RESPONSE_H

#include "common/order.h"

#define RESPONSE_MAX (512u << 20)

struct run_report {
	uint64_t id;
	const char *language;
	const struct run_result *result;
	uint64_t total_us; /* request complete to answer made */
};

/* What of total_us no later stage accounts for. */
uint64_t response_queue_us(const struct run_report *report);

/* -1: the result's output is malformed; or, if m is bad then, the answer is
 * longer than m may be, or there is no memory. */
int response_put(struct msgbuf *m, const struct run_report *report);

#endif
