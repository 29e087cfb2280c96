#include "common/stats.h"

#include <string.h>

#include "common/auto.h"
#include "common/channel.h"

void
stats_send(struct channel *to, uint64_t id, json_t *stats)
{
	auto_free char *text = json_dumps(stats, JSON_COMPACT);
	struct msgbuf m;

	json_decref(stats);
	msgbuf_init(&m, msg_info(MSG_STATS)->max);
	msgbuf_put_raw(&m, text ? text : "{}", text ? strlen(text) : 2);
	channel_send(to, MSG_STATS, id, &m);
	msgbuf_fini(&m);
}
