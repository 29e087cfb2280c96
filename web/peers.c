#include "web/peers.h"

#include <stdio.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/log.h"
#include "web/admin.h"
#include "web/info.h"
#include "web/runs.h"
#include "web/web.h"

static int
on_result(void *arg, struct message *m)
{
	return runs_on_result(arg, m);
}

static int
on_refused(void *arg, struct message *m)
{
	return runs_on_refused(arg, m);
}

static int
on_stats(void *arg, struct message *m)
{
	struct peer *peer = arg;

	return admin_on_stats(peer->web, peer->role, peer->index, m);
}

static int
on_wall(void *arg, struct message *m)
{
	struct peer *pool = arg;

	return info_on_wall(pool->web, m);
}

static void
on_worker_closed(void *arg, const char *why)
{
	struct peer *worker = arg;

	worker->channel = NULL;
	runs_worker_left(worker, why);
}

static void
on_pool_closed(void *arg, const char *why)
{
	struct peer *pool = arg;

	log_debug("pool: %s", why);
	pool->channel = NULL;
	child_peer_lost(&pool->web->child);
}

static const struct channel_rule from_worker[] = {
	{ MSG_RESULT, on_result },
	{ MSG_REFUSED, on_refused },
	{ MSG_STATS, on_stats },
};

static const struct channel_rule from_pool[] = {
	{ MSG_STATS, on_stats },
	{ MSG_WALL, on_wall },
};

static const struct channel_rules worker_rules = {
	.rules = from_worker,
	.nrules = nitems(from_worker),
	.closed = on_worker_closed,
};

static const struct channel_rules pool_rules = {
	.rules = from_pool,
	.nrules = nitems(from_pool),
	.closed = on_pool_closed,
};

void
peers_init(struct web *web)
{
	web->pool = (struct peer){ .web = web, .role = ROLE_POOL };
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		web->workers[i] = (struct peer){
			.web = web, .role = ROLE_WORKER, .index = i
		};
}

static void
add_pool(struct web *web, int fd)
{
	channel_close(web->pool.channel);
	web->pool.channel = channel_open(
	    web->child.base, fd, "pool", &pool_rules, &web->pool);
}

static void
add_worker(struct web *web, unsigned index, int fd)
{
	struct peer *worker = &web->workers[index];
	struct channel *old = worker->channel;
	char name[24];

	/* Its successor may be here before we saw it die. */
	worker->channel = NULL;
	if (index >= web->nworkers)
		web->nworkers = index + 1;
	if (old != NULL)
		runs_worker_left(worker, "started anew");
	channel_close(old);
	snprintf(name, sizeof name, "worker-%u", index);
	worker->channel = channel_open(
	    web->child.base, fd, name, &worker_rules, worker);
	runs_worker_came(web);
}

void
peers_add(struct web *web, enum role role, unsigned index, int fd)
{
	if (role == ROLE_POOL) {
		add_pool(web, fd);
	} else if (role == ROLE_WORKER && index < WORKERS_MAX) {
		add_worker(web, index, fd);
	} else {
		log_warn(
		    "no use for a channel to %s %u", role_name(role), index);
		close(fd);
	}
}
