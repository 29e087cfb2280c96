/*
 * pool/engine.c -- is Docker there?
 *
 * The stream of /events is the answer: while it is open, the engine is up,
 * and every container of ours that dies or is removed by someone else is
 * named in it.  When it ends, the exec streams, which go through the engine
 * too, are gone as well: every container is given up, and the sweep removes
 * them when the engine is back.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/messages.h"
#include "pool/facts.h"
#include "pool/policy.h"
#include "pool/pool.h"
#include "pool/spec.h"

#define FIRST_RETRY_MS 50
#define EVENT_LINE_MAX (256 * KIB)

/* ---- events ----------------------------------------------------------- */

static void
on_container_event(struct pool *pool, const char *action, const char *name)
{
	struct slot *s = slots_find_name(&pool->slots, name);

	if (s == NULL || s->state == SLOT_DOOMED)
		return;
	if (strcmp(action, "unpause") == 0) {
		if (s->state == SLOT_PAUSED)
			slot_doom(s, VERDICT_CONTAINER_DIED,
			    "unpaused by someone else");
		return;
	}
	if (strcmp(action, "die") != 0 && strcmp(action, "destroy") != 0)
		return; /* an engine that does not know the filter */
	if (s->state == SLOT_LEASED)
		lend_lost(s, "the container ended or was removed");
	if (s->state == SLOT_CREATING)
		making_failed(
		    pool, s->language, "the container ended while it was made");
	slot_doom(s, VERDICT_CONTAINER_DIED, "Docker says: %s", action);
}

static void
take_event(struct pool *pool, const char *line, size_t n)
{
	json_t *event = json_loadb(line, n, 0, NULL);
	const char *action = NULL, *name = NULL;

	if (event != NULL &&
	    json_unpack(event, "{s:s, s:{s:{s:s}}}", "Action", &action, "Actor",
		"Attributes", "name", &name) == 0)
		on_container_event(pool, action, name);
	else
		log_warn("an event of Docker is not understood: %.*s",
		    (int)(n > 200 ? 200 : n), line);
	json_decref(event);
}

static void
engine_is_up(struct pool *pool)
{
	log_info("docker is there: socket=%s", pool->socket_path);
	pool->engine_up = true;
	pool->engine_failures = 0;
	pool->engine_problem[0] = '\0';
	msgbuf_reset(&pool->event_line);
	sweep_start(pool);
}

/* Each event is a JSON object on a line of its own, cut anywhere. */
static void
on_event_data(void *arg, const char *data, size_t n)
{
	struct pool *pool = arg;
	const char *end;

	if (n == 0) {
		engine_is_up(pool);
		return;
	}
	while ((end = memchr(data, '\n', n)) != NULL) {
		size_t part = (size_t)(end - data);

		msgbuf_put_raw(&pool->event_line, data, part);
		if (!pool->event_line.bad && pool->event_line.len > 0)
			take_event(pool, (char *)pool->event_line.data,
			    pool->event_line.len);
		msgbuf_reset(&pool->event_line);
		data += part + 1;
		n -= part + 1;
	}
	msgbuf_put_raw(&pool->event_line, data, n);
}

/* ---- up and down ------------------------------------------------------ */

static void
engine_is_down(struct pool *pool, const char *problem)
{
	if (pool->engine_up || pool->engine_failures == 0)
		log_warn("docker does not answer: %s", problem);
	pool->engine_up = false;
	pool->swept = false;
	pool->clean_sweeps = 0;
	snprintf(
	    pool->engine_problem, sizeof pool->engine_problem, "%s", problem);
	pool_doom_all(pool, SLOT_PAUSED, VERDICT_CONTAINER_DIED, problem);
	pool_doom_all(pool, SLOT_CREATING, VERDICT_CREATE_FAILED, problem);
	pool_doom_all(pool, SLOT_LEASED, VERDICT_CONTAINER_DIED, problem);
	lend_deny_all(pool, REFUSED_ENGINE,
	    "the Docker engine does not "
	    "answer");
}

static void
on_events_ended(void *arg, const struct docker_answer *answer)
{
	struct pool *pool = arg;
	struct timeval tv;
	struct err e;

	/* A stream of events that ends well is an engine that stops. */
	if (docker_expect(answer, 200, 200, "events", &e) == 0)
		err_set(&e, ERR_GONE, "it closed its stream of events");
	engine_is_down(pool, e.text);
	pool->engine_failures++;
	tv = clock_timeval_us(1000ull *
	    policy_retry_ms(pool->engine_failures, FIRST_RETRY_MS,
		pool->child.settings.docker_retry_max_ms));
	event_add(pool->engine_timer, &tv);
	removal_check_drained(pool);
}

static char *
events_path(const struct pool *pool)
{
	auto_free char *label = NULL, *text = NULL;
	char *escaped, *path = NULL;
	json_t *filter;

	if (asprintf(&label, LABEL_OWNER "=%s", pool->owner_label) < 0)
		return NULL;
	filter = json_pack("{s:[s], s:[s], s:[s,s,s]}", "type", "container",
	    "label", label, "event", "die", "destroy", "unpause");
	text = json_dumps(filter, JSON_COMPACT);
	json_decref(filter);
	escaped = text ? curl_easy_escape(NULL, text, 0) : NULL;
	if (escaped != NULL &&
	    asprintf(&path, "/events?filters=%s", escaped) < 0)
		path = NULL;
	curl_free(escaped);
	return path;
}

static void
follow_events(struct pool *pool)
{
	auto_free char *path = events_path(pool);

	docker_follow(pool->docker, path ? path : "/events", on_event_data,
	    on_events_ended, pool);
	facts_ask(pool);
}

static void
on_engine_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	follow_events(arg);
}

void
engine_start(struct pool *pool)
{
	msgbuf_init(&pool->event_line, EVENT_LINE_MAX);
	pool->engine_timer = event_new(
	    pool->child.base, -1, 0, on_engine_timer, pool);
	follow_events(pool);
}
