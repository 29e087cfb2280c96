/*
 * common/order.h -- the payloads of RUN and RESULT, between web and worker.
 *
 * web builds the `program` part once, in the form in which the runner takes
 * it (common/frames.h), and the worker passes it on without looking inside.
 */
#ifndef COMMON_ORDER_H
#define COMMON_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/msgbuf.h"
#include "common/run.h"

/* RUN: u16 language, u8 fresh, the five limits as u32, program. */
struct run_order {
	uint16_t language; /* place in the table of languages */
	bool fresh;        /* only a container that has never run a program */
	struct run_limits limits;
	const void *program; /* borrowed from the message */
	size_t program_len;
};

void run_order_put(struct msgbuf *m, const struct run_order *order);
int run_order_get(struct msgbuf *m, struct run_order *ret_order);

/* Microseconds of each stage, as the worker saw them. */
struct run_timing {
	uint64_t lease_us;  /* from the ask to the pool's grant */
	uint64_t thaw_us;   /* waking the container, setting its limits */
	uint64_t run_us;    /* from RUN written to the end of the program */
	uint64_t worker_us; /* from the order's arrival to the result */
};

/*
 * RESULT: u8 status, u8 has exit code, u8 cut streams (FRAME_CUT_*), u8
 * recycled, u32 exit code, u32 signal (0: none), u64 wall_us, cpu_us,
 * memory_kb, the four timings, str detail, then the output: segments of u8 enum
 * run_stream and a block, in the order in which they were written.
 */
struct run_result {
	enum run_status status;
	bool has_exit_code;
	uint8_t cut;
	bool recycled; /* its container had run a program before */
	uint32_t exit_code;
	uint32_t signal;
	uint64_t wall_us, cpu_us, memory_kb;
	struct run_timing timing;
	char detail[256];      /* one sentence for people; empty when ok */
	const uint8_t *output; /* borrowed */
	size_t output_len;
};

void run_result_put(struct msgbuf *m, const struct run_result *result);
int run_result_get(struct msgbuf *m, struct run_result *ret_result);

/*
 * The output as it grows: neighbouring pieces of one stream become one
 * segment.  `tail` is the place of the last segment.
 */
struct output_log {
	struct msgbuf bytes;
	size_t tail;
	uint64_t total[2]; /* bytes of stdout, stderr */
};

void output_log_init(struct output_log *log, size_t max);
void output_log_fini(struct output_log *log);
/* -1: above max, or no memory. */
int output_log_add(
    struct output_log *log, enum run_stream stream, const void *data, size_t n);
/* The next segment of m, or -1 at its end or where it is malformed. */
int output_next(struct msgbuf *m, enum run_stream *ret_stream,
    const void **ret_data, size_t *ret_n);

#endif
