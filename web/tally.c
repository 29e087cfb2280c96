#include "web/tally.h"

static const char *const stage_names[STAGE_NSTAGES] = {
	[STAGE_QUEUE] = "queue",
	[STAGE_LEASE] = "lease",
	[STAGE_THAW] = "thaw",
	[STAGE_RUN] = "run",
	[STAGE_TOTAL] = "total",
};

void
tally_result(struct tally *t, const struct run_report *report)
{
	const struct run_timing *spent = &report->result->timing;
	const uint64_t us[STAGE_NSTAGES] = {
		[STAGE_QUEUE] = response_queue_us(report),
		[STAGE_LEASE] = spent->lease_us,
		[STAGE_THAW] = spent->thaw_us,
		[STAGE_RUN] = spent->run_us,
		[STAGE_TOTAL] = report->total_us,
	};

	for (size_t i = 0; i < STAGE_NSTAGES; i++)
		histogram_add(&t->latency[i], us[i]);
	t->by_status[report->result->status]++;
}

static json_t *
latency_of(const struct histogram *h)
{
	return json_pack("{s:I,s:f,s:f,s:f,s:f,s:f}", "count",
	    (json_int_t)h->count, "p50", (double)histogram_at(h, 0.5) / 1000,
	    "p90", (double)histogram_at(h, 0.9) / 1000, "p99",
	    (double)histogram_at(h, 0.99) / 1000, "p999",
	    (double)histogram_at(h, 0.999) / 1000, "max",
	    (double)h->max_us / 1000);
}

void
tally_put(const struct tally *t, json_t *stats)
{
	json_t *by_status = json_object(), *refused = json_object();
	json_t *latency = json_object();

	for (unsigned i = 0; i < RUN_NSTATUSES; i++)
		json_object_set_new(by_status, run_status_name(i),
		    json_integer((json_int_t)t->by_status[i]));
	for (unsigned i = 0; i < REFUSED_NREASONS; i++)
		json_object_set_new(refused, refusal_name(i),
		    json_integer((json_int_t)t->refused[i]));
	json_object_set_new(
	    refused, "worker_lost", json_integer((json_int_t)t->worker_lost));
	json_object_set_new(refused, "too_many_runs",
	    json_integer((json_int_t)t->too_many_runs));
	for (unsigned i = 0; i < STAGE_NSTAGES; i++)
		json_object_set_new(
		    latency, stage_names[i], latency_of(&t->latency[i]));
	json_object_set_new(stats, "runs",
	    json_pack("{s:o,s:o}", "by_status", by_status, "refused", refused));
	json_object_set_new(stats, "latency_ms", latency);
}
