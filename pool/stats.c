/*
 * pool/stats.c -- the pool's part of GET /admin/stats.
 */
#include "pool/pool.h"

/* NULL: they are lent again, or nothing is known yet. */
static const char *
why_used_once(const struct pool *pool, uint16_t l)
{
	const struct wall *wall = &pool->wall[l];

	if (pool->child.settings.reuse == REUSE_NEVER)
		return "the setting reuse is never";
	if (wall->known && !wall->walled)
		return "there is no inner wall";
	if (wall->known && !wall->can_freeze)
		return "their cgroups cannot be reached";
	return NULL;
}

static json_t *
language_stats(const struct pool *pool, uint16_t l)
{
	const uint32_t *count = pool->slots.count[l];
	const struct settings *s = &pool->child.settings;
	const char *name = pool_language(pool, l)->name;
	const char *problem = pool->making[l].problem;
	const struct wall *wall = &pool->wall[l];

	/* clang-format off */
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s?,"
	    " s:o, s:s?, s:s?, s:I, s:i}",
	    "idle", (int)count[SLOT_PAUSED],
	    "idle_fresh", (int)pool_level_of(pool, l).idle_fresh,
	    "leased", (int)count[SLOT_LEASED],
	    "creating", (int)count[SLOT_CREATING],
	    "destroying", (int)count[SLOT_DOOMED],
	    "waiting", (int)pool->queue.count[l],
	    "idle_wanted", (int)setting_for(&s->pool_idle, name),
	    "total_max", (int)setting_for(&s->pool_total, name),
	    "problem", problem[0] ? problem : NULL,
	    "walled", wall->known ? json_boolean(wall->walled) : json_null(),
	    "wall_problem", wall->problem[0] ? wall->problem : NULL,
	    "used_once", why_used_once(pool, l),
	    "recycled", (json_int_t)pool->worn[l].recycled,
	    "most_runs", (int)pool->worn[l].most_runs);
	/* clang-format on */
}

static json_t *
docker_stats(const struct pool *pool)
{
	const char *version = json_string_value(
	    json_object_get(pool->facts, "version"));

	/* clang-format off */
	return json_pack("{s:s, s:s, s:s?, s:s?}",
	    "state", pool->engine_up ? "up" : "down",
	    "socket", pool->socket_path,
	    "version", version,
	    "problem", pool->engine_problem[0] ? pool->engine_problem : NULL);
	/* clang-format on */
}

json_t *
pool_stats(void *arg)
{
	struct pool *pool = arg;
	json_t *languages = json_object(), *destroyed = json_object();
	json_t *denied = json_object();

	for (uint16_t l = 0; l < pool->child.languages.n; l++)
		json_object_set_new(languages, pool_language(pool, l)->name,
		    language_stats(pool, l));
	/* What is clean is not destroyed. */
	for (size_t d = VERDICT_CLEAN + 1; d < VERDICT_NVERDICTS; d++)
		json_object_set_new(destroyed, lease_verdict_name(d),
		    json_integer((json_int_t)pool->slots.destroyed[d]));
	for (size_t r = 0; r < REFUSED_NREASONS; r++)
		json_object_set_new(denied, refusal_name(r),
		    json_integer((json_int_t)pool->denied[r]));
	/* clang-format off */
	return json_pack("{s:s, s:o, s:O, s:o, s:I, s:I, s:o, s:o, s:{s:i, s:i}, s:b}",
	    "reuse", pool->child.settings.reuse == REUSE_ALWAYS ?
		"always" : "never",
	    "docker", docker_stats(pool),
	    "engine", pool->facts,
	    "languages", languages,
	    "created", (json_int_t)pool->slots.created,
	    "granted", (json_int_t)pool->granted,
	    "destroyed", destroyed,
	    "denied", denied,
	    "queue", "waiting", (int)pool->queue.total,
	    "max", (int)pool->queue.max,
	    "draining", (int)pool->draining);
	/* clang-format on */
}
