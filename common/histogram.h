/*
 * common/histogram.h -- how long things took, in buckets.
 *
 * Each power of two of microseconds has 16 buckets, so a percentile is exact
 * to 6 %; from 1 us to over an hour in 4 KiB, adding costs some instructions.
 */
#ifndef COMMON_HISTOGRAM_H
#define COMMON_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 4
#define HISTOGRAM_BUCKETS  ((33 - HISTOGRAM_SUB_BITS) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count, sum_us, max_us;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t us);
/* Upper edge of the bucket where the share (0 to 1) is reached; 0: empty. */
uint64_t histogram_at(const struct histogram *h, double share);

#endif
