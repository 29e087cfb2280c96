/*
 * supervisor/report.h -- what the supervisor says of the service: to people
 * on standard output, to GET /admin/stats as JSON.
 */
#ifndef SUPERVISOR_REPORT_H
#define SUPERVISOR_REPORT_H

#include <stdint.h>

struct channel;
struct supervisor;

/* Once, when everything can take a program. */
void report_ready(const struct supervisor *sv);
void
report_send_stats(const struct supervisor *sv, struct channel *to, uint64_t id);

#endif
