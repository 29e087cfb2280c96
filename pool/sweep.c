/*
 * pool/sweep.c -- containers that nobody owns any more.
 *
 * Ours are found by their owner label.  Removed are those of a supervisor
 * that is dead, and those of our own supervisor that are not in our table: a
 * pool before us made them, or the engine went away while we had them.
 *
 * One look is not enough: a container whose creation is under way when its
 * pool dies is not in the list yet, or is in it and cannot be removed yet.
 * So the list is asked for until it was clean a few times in a row.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "pool/policy.h"
#include "pool/pool.h"
#include "pool/spec.h"

#define SWEEPS_CLEAN 3
/* Between two looks; longer and longer when something cannot be removed. */
#define SWEEP_PAUSE_MS     300
#define SWEEP_PAUSE_MAX_MS 30000
/* At the end, what could not be removed in as many looks is left. */
#define SWEEPS_DRAINING 12

/* {"label":["safe-code-executor.owner"]} */
#define LIST_PATH                                                   \
	"/containers/"                                              \
	"json?all=true&filters=%7B%22label%22%3A%5B%22" LABEL_OWNER \
	"%22%5D%7D"

static bool
is_leftover(struct pool *pool, const char *label, const char *name)
{
	struct owner owner;
	uint64_t start;

	if (!owner_parse(label, &owner))
		return false;
	if (owner_is_same(&owner, &pool->self))
		return slots_find_name(&pool->slots, name) == NULL;
	start = owner_process_start(owner.pid);
	/* A /proc that hides our own supervisor (hidepid) may hide others. */
	if (start == 0 && owner_process_start(pool->self.pid) == 0)
		start = owner.start;
	return owner_is_dead(&owner, &pool->self, start);
}

static void list_now(struct pool *pool);

static void
on_next_time(evutil_socket_t fd, short what, void *arg)
{
	struct pool *pool = arg;

	(void)fd, (void)what;
	if (pool->engine_up)
		list_now(pool);
}

/* This look is over: is another one due? */
static void
look_again(struct pool *pool)
{
	struct timeval tv = clock_timeval_us(1000ull *
	    policy_retry_ms(
		pool->sweeps > SWEEPS_CLEAN ? pool->sweeps - SWEEPS_CLEAN : 1,
		SWEEP_PAUSE_MS, SWEEP_PAUSE_MAX_MS));

	if (pool->sweeping > 0)
		return;
	/* Only now: what was removed had user ids that are given out again. */
	pool_refill(pool);
	if (!sweep_is_settled(pool))
		event_add(pool->sweep_timer, &tv);
	removal_check_drained(pool);
}

static void
on_removed(void *arg, const struct docker_answer *answer)
{
	struct pool *pool = arg;
	struct err e;

	/* 404 and 409 may mean that its creation is still under way. */
	if (docker_expect(answer, 204, 404, "remove a leftover", &e) < 0 &&
	    answer->status != 409)
		log_warn("%s", e.text);
	pool->sweeping--;
	look_again(pool);
}

static void
remove_leftover(struct pool *pool, const char *id, const char *name)
{
	char path[256];

	log_debug("name=%s removing a leftover container", name);
	snprintf(path, sizeof path, "/containers/%.128s?force=true&v=true", id);
	pool->sweeping++;
	docker_call(pool->docker, "DELETE", path, NULL, on_removed, pool);
}

static unsigned
remove_leftovers(struct pool *pool, const json_t *list)
{
	const json_t *item;
	unsigned n = 0;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *id = json_string_value(json_object_get(item, "Id"));
		const char *name = json_string_value(
		    json_array_get(json_object_get(item, "Names"), 0));
		const char *owner = json_string_value(json_object_get(
		    json_object_get(item, "Labels"), LABEL_OWNER));

		if (id == NULL || owner == NULL)
			continue;
		/* A container that is half gone may have lost its name. */
		if (name == NULL)
			name = "/?";
		if (is_leftover(pool, owner, name + (name[0] == '/'))) {
			remove_leftover(pool, id, name);
			n++;
		}
	}
	return n;
}

static void
on_list(void *arg, const struct docker_answer *answer)
{
	struct pool *pool = arg;
	json_t *list = NULL;
	bool understood = false;
	unsigned n = 0;
	struct err e;

	pool->sweeping--;
	if (docker_expect(answer, 200, 200, "list containers", &e) < 0) {
		log_warn("%s", e.text);
	} else {
		list = json_loadb(answer->body, answer->len, 0, NULL);
		understood = json_is_array(list);
		if (!understood)
			log_warn("list containers: the answer is no JSON list");
	}
	if (understood)
		n = remove_leftovers(pool, list);
	json_decref(list);
	if (n > 0)
		log_info("removing leftover containers n=%u", n);
	/* At the end, an engine that cannot say is not waited for. */
	if (n > 0 || !(understood || pool->draining))
		pool->clean_sweeps = 0;
	else
		pool->clean_sweeps++;
	pool->sweeps++;
	pool->swept = pool->swept || (understood && pool->engine_up);
	look_again(pool);
}

static void
list_now(struct pool *pool)
{
	if (pool->sweeping > 0)
		return;
	pool->sweeping++;
	docker_call(pool->docker, "GET", LIST_PATH, NULL, on_list, pool);
}

bool
sweep_is_settled(const struct pool *pool)
{
	return pool->clean_sweeps >= SWEEPS_CLEAN ||
	    (pool->draining && pool->sweeps >= SWEEPS_DRAINING);
}

void
sweep_start(struct pool *pool)
{
	if (pool->sweep_timer == NULL)
		pool->sweep_timer = event_new(
		    pool->child.base, -1, 0, on_next_time, pool);
	if (pool->sweep_timer == NULL)
		abort(); /* a hundred bytes: nothing would work any more */
	pool->clean_sweeps = 0;
	pool->sweeps = 0;
	list_now(pool);
}
