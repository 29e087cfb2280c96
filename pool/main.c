/*
 * pool/main.c -- the pool process: start, the janitor, the end.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "pool/apparmor.h"
#include "pool/pool.h"
#include "seccomp/profile.h"

#define JANITOR_US   200000u
#define SWEEP_ROUNDS 150 /* of the janitor: every 30 s */

/* What is done now and then is done here, and not spread over callbacks. */
static void
on_janitor(evutil_socket_t fd, short what, void *arg)
{
	struct pool *pool = arg;

	(void)fd, (void)what;
	pool_retire_old(pool);
	for (uint16_t l = 0; l < pool->child.languages.n; l++)
		reuse_make_room(pool, l);
	pool_refill(pool);
	if (++pool->janitor_rounds % SWEEP_ROUNDS == 0 && pool->engine_up &&
	    pool->sweeping == 0)
		sweep_start(pool);
}

static int
start(void *arg, struct err *e)
{
	struct timeval tv = clock_timeval_us(JANITOR_US);
	struct pool *pool = arg;
	const struct settings *s = &pool->child.settings;

	slots_init(&pool->slots);
	pool->uid_used = calloc(s->uid_count, 1);
	pool->socket_path = s->docker_host + strlen("unix://");
	pool->docker = docker_new(
	    pool->child.base, pool->socket_path, s->docker_timeout_ms);
	pool->seccomp = seccomp_container_profile();
	pool->apparmor = apparmor_choose(s->apparmor_profile);
	pool->janitor = event_new(
	    pool->child.base, -1, EV_PERSIST, on_janitor, pool);
	if (pool->uid_used == NULL || pool->docker == NULL ||
	    pool->seccomp == NULL || pool->janitor == NULL ||
	    lend_start(pool) < 0)
		return err_set(e, ERR_MEMORY, "out of memory");
	if (owner_self(&pool->self, e) < 0)
		return -1;
	owner_print(&pool->self, pool->owner_label, sizeof pool->owner_label);
	event_add(pool->janitor, &tv);
	engine_start(pool);
	return 0;
}

static void
on_peer(void *arg, enum role role, unsigned index, int fd)
{
	lend_add_peer(arg, role, index, fd);
}

/*
 * With a grace time: make no more, destroy what is idle, let what is lent be
 * returned.  Without: destroy everything.
 */
static void
drain(void *arg, uint32_t grace_ms)
{
	struct pool *pool = arg;

	pool->draining = true;
	lend_deny_all(pool, REFUSED_DRAINING, "the service is stopping");
	pool_doom_all(pool, SLOT_PAUSED, VERDICT_STOPPING, "stopping");
	pool_doom_all(pool, SLOT_CREATING, VERDICT_STOPPING, "stopping");
	if (grace_ms == 0)
		pool_doom_all(pool, SLOT_LEASED, VERDICT_STOPPING, "stopping");
	removal_continue(pool);
	removal_check_drained(pool);
}

static const struct child_ops ops = {
	.start = start,
	.peer = on_peer,
	.drain = drain,
	.stats = pool_stats,
};

int
pool_main(void)
{
	struct pool *pool = calloc(1, sizeof *pool);

	return pool == NULL ? 1 :
			      child_main(&pool->child, ROLE_POOL, &ops, pool);
}
