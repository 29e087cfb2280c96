/*
 * common/stats.h -- one process's part of GET /admin/stats, on its way to web.
 */
#ifndef COMMON_STATS_H
#define COMMON_STATS_H

#include <jansson.h>
#include <stdint.h>

struct channel;

/* Answers STATS_ASK with a JSON object, which it takes. */
void stats_send(struct channel *to, uint64_t id, json_t *stats);

#endif
