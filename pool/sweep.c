/*
 * pool/sweep.c -- containers that nobody owns any more.
 *
 * Ours are found by their owner label.  Removed are those of a supervisor
 * that is dead, and those of our own supervisor that are not in our table: a
 * pool before us made them, or the engine went away while we had them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/log.h"
#include "pool/pool.h"
#include "pool/spec.h"

/* {"label":["safe-code-executor.owner"]} */
#define LIST_PATH                                                   \
	"/containers/"                                              \
	"json?all=true&filters=%7B%22label%22%3A%5B%22" LABEL_OWNER \
	"%22%5D%7D"

static bool
is_leftover(struct pool *pool, const char *label, const char *name)
{
	struct owner owner;

	if (!owner_parse(label, &owner))
		return false;
	if (owner_is_same(&owner, &pool->self))
		return slots_find_name(&pool->slots, name) == NULL;
	return owner_is_dead(
	    &owner, &pool->self, owner_process_start(owner.pid));
}

static void
on_removed(void *arg, const struct docker_answer *answer)
{
	struct pool *pool = arg;
	struct err e;

	if (docker_expect(answer, 204, 404, "remove a leftover", &e) < 0 &&
	    answer->status != 409)
		log_warn("%s", e.text);
	pool->sweeping--;
	removal_check_drained(pool);
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
	unsigned n = 0;
	struct err e;

	pool->sweeping--;
	if (docker_expect(answer, 200, 200, "list containers", &e) < 0)
		log_warn("%s", e.text);
	else if ((list = json_loadb(answer->body, answer->len, 0, NULL)) ==
		NULL ||
	    !json_is_array(list))
		log_warn("list containers: the answer is no JSON list");
	else
		n = remove_leftovers(pool, list);
	if (n > 0)
		log_info("removing leftover containers n=%u", n);
	json_decref(list);
	pool->swept = pool->engine_up;
	pool_refill(pool);
	removal_check_drained(pool);
}

void
sweep_start(struct pool *pool)
{
	pool->sweeping++;
	docker_call(pool->docker, "GET", LIST_PATH, NULL, on_list, pool);
}
