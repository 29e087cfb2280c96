#include "common/histogram.h"

#define SUB (1u << HISTOGRAM_SUB_BITS)

static unsigned
bucket_of(uint64_t us)
{
	unsigned top, shift;

	if (us < SUB)
		return (unsigned)us;
	if (us > UINT32_MAX)
		us = UINT32_MAX;
	top = 63u - (unsigned)__builtin_clzll(us);
	shift = top - HISTOGRAM_SUB_BITS;
	return (shift + 1) * SUB + (unsigned)(us >> shift) - SUB;
}

/* The largest value that falls into the bucket. */
static uint64_t
upper_edge(unsigned bucket)
{
	unsigned shift;

	if (bucket < SUB)
		return bucket;
	shift = bucket / SUB - 1;
	return ((uint64_t)(bucket % SUB + SUB + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t us)
{
	h->count++;
	h->sum_us += us;
	if (us > h->max_us)
		h->max_us = us;
	h->bucket[bucket_of(us)]++;
}

uint64_t
histogram_at(const struct histogram *h, double share)
{
	uint64_t wanted = (uint64_t)(share * (double)h->count + 0.5), seen = 0;

	for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++) {
		seen += h->bucket[b];
		if (seen >= wanted && seen > 0)
			return upper_edge(b) < h->max_us ? upper_edge(b) :
							   h->max_us;
	}
	return h->max_us;
}
