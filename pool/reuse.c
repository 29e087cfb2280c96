/*
 * pool/reuse.c -- containers that come back from a run, and those that have
 * never run one.
 *
 * A container that comes back clean waits again as it did before, without a
 * call to Docker: it is frozen, and Docker believes it paused since the first
 * pause.  Only where the runner builds an inner wall for each program can one
 * be clean; where it does not, that is said once in the log, in the stats and
 * to web.
 */
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/words.h"
#include "pool/pool.h"

struct pool_wear
slot_wear(const struct slot *s)
{
	uint64_t now = clock_us();

	return (struct pool_wear){
		.walled = s->greeting.walled,
		.can_freeze = cgroup_can_freeze(&s->cgroup),
		.uses = s->uses,
		.age_us = now - s->created_us,
		.used_us = s->uses > 0 ? now - s->first_used_us : 0,
	};
}

/* ---- the inner wall --------------------------------------------------- */

static void
tell_web(struct pool *pool, uint16_t language)
{
	const struct wall *wall = &pool->wall[language];
	struct msgbuf m;

	if (!wall->known)
		return;
	msgbuf_init(&m, msg_info(MSG_WALL)->max);
	msgbuf_put_u16(&m, language);
	msgbuf_put_u8(&m, wall->walled);
	msgbuf_put_str(&m, wall->problem);
	channel_send(pool->web, MSG_WALL, 0, &m);
	msgbuf_fini(&m);
}

void
reuse_tell_web(struct pool *pool)
{
	for (uint16_t l = 0; l < pool->child.languages.n; l++)
		tell_web(pool, l);
}

static void
warn_once(struct pool *pool, uint16_t language, const char *why)
{
	log_warn("language=%s every container is used once: %s",
	    pool_language(pool, language)->name, why);
}

bool
reuse_is_unwalled(const struct pool *pool, uint16_t language)
{
	return pool->wall[language].known && !pool->wall[language].walled;
}

void
reuse_learn(const struct slot *s)
{
	struct pool *pool = s->pool;
	struct wall *wall = &pool->wall[s->language];
	struct wall now = {
		.known = true,
		.walled = s->greeting.walled,
		.can_freeze = cgroup_can_freeze(&s->cgroup),
	};

	memcpy(now.problem, s->greeting.why_not, sizeof now.problem);
	words_make_printable(now.problem);
	/* The first reason stays: the masks that came with it are one too. */
	if (reuse_is_unwalled(pool, s->language) && !now.walled)
		memcpy(now.problem, wall->problem, sizeof now.problem);
	if (wall->known && wall->walled == now.walled &&
	    wall->can_freeze == now.can_freeze &&
	    strcmp(wall->problem, now.problem) == 0)
		return;
	*wall = now;
	if (!now.walled)
		warn_once(pool, s->language, now.problem);
	if (!now.can_freeze)
		warn_once(pool, s->language, "its cgroup cannot be reached");
	tell_web(pool, s->language);
}

/* ---- room for a fresh one --------------------------------------------- */

/* While none can be made, those that are there are worth more. */
static uint32_t
room_wanted(const struct pool *pool, uint16_t language)
{
	struct pool_level level = pool_level_of(pool, language);

	if (!pool->engine_up || pool->draining ||
	    pool->making[language].failures > 0)
		return 0;
	return policy_room_wanted(&level);
}

void
reuse_make_room(struct pool *pool, uint16_t language)
{
	struct slot *s;

	for (uint32_t n = room_wanted(pool, language); n > 0; n--) {
		s = slots_idle_coldest(&pool->slots, language);
		if (s == NULL)
			return;
		slot_doom(s, VERDICT_MADE_ROOM, "a fresh container is wanted");
	}
}

/* Whose turn it is wants a fresh one, and there is no room to make it. */
static bool
is_in_the_way(const struct slot *s)
{
	return s->uses > 0 && room_wanted(s->pool, s->language) > 0 &&
	    wait_queue_is_fresh_next(&s->pool->queue, s->language);
}

/* ---- coming back ------------------------------------------------------ */

bool
reuse_is_likely(const struct slot *s)
{
	struct pool_wear wear = slot_wear(s);

	wear.uses++;
	return policy_of_return(VERDICT_CLEAN, &wear,
		   &s->pool->child.settings) == VERDICT_CLEAN;
}

static enum lease_verdict
judge(const struct slot *s, enum lease_verdict said)
{
	const struct pool *pool = s->pool;
	struct pool_wear wear = slot_wear(s);
	enum lease_verdict verdict = policy_of_return(
	    said, &wear, &pool->child.settings);

	if (verdict != VERDICT_CLEAN)
		return verdict;
	if (pool->draining)
		return VERDICT_STOPPING;
	/* What is seen here is not taken from the worker. */
	if (prewarm_stream_problem(s) != NULL)
		return VERDICT_BROKEN;
	if (!cgroup_is_frozen(&s->cgroup) &&
	    !(s->apart && said == VERDICT_UNUSED))
		return VERDICT_NOT_FROZEN;
	return is_in_the_way(s) ? VERDICT_MADE_ROOM : VERDICT_CLEAN;
}

void
reuse_take_back(struct slot *s, enum lease_verdict said, const char *details)
{
	struct pool *pool = s->pool;
	struct worn *worn = &pool->worn[s->language];
	enum lease_verdict verdict;
	struct err e;

	if (said != VERDICT_UNUSED)
		s->uses++;
	if (s->uses > worn->most_runs)
		worn->most_runs = s->uses;
	verdict = judge(s, said);
	if (verdict != VERDICT_CLEAN) {
		slot_doom(s, verdict,
		    "run " RUN_ID_FORMAT " returned: %s, %s, so %s", s->run,
		    lease_verdict_name(said), details[0] ? details : "-",
		    lease_verdict_name(verdict));
		return;
	}
	if (s->apart && cgroup_thaw(&s->cgroup, &e) < 0)
		log_warn("container=%u %s", s->number, e.text);
	worn->recycled += said == VERDICT_CLEAN;
	s->worker = NULL;
	slot_set_state(&pool->slots, s, SLOT_PAUSED, lease_verdict_name(said));
	prewarm_watch_idle(s);
	lend_idle(pool, s->language);
}
