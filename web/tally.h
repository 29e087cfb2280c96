/*
 * web/tally.h -- how runs ended and how long they took, counted.
 */
#ifndef WEB_TALLY_H
#define WEB_TALLY_H

#include <jansson.h>

#include "common/histogram.h"
#include "common/run.h"
#include "web/response.h"

enum stage {
	STAGE_QUEUE,
	STAGE_LEASE,
	STAGE_THAW,
	STAGE_RUN,
	STAGE_TOTAL,
	STAGE_NSTAGES
};

struct tally {
	uint64_t by_status[RUN_NSTATUSES];
	uint64_t refused[REFUSED_NREASONS];
	uint64_t worker_lost, too_many_runs; /* refused by web itself */
	struct histogram latency[STAGE_NSTAGES];
};

void tally_result(struct tally *t, const struct run_report *report);
/* Adds "runs" and "latency_ms" to GET /admin/stats. */
void tally_put(const struct tally *t, json_t *stats);

#endif
