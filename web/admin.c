#include "web/admin.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/log.h"
#include "web/json.h"
#include "web/runs.h"
#include "web/selftest.h"
#include "web/tally.h"
#include "web/web.h"

#define STATS_MS 500
#define READY_MS 1000
/* Requests that wait for other processes at the same time. */
#define ASKS_MAX  64
#define PARTS_MAX (WORKERS_MAX + 2)

/* One process that is asked. */
struct part {
	enum role role;
	unsigned index;
	bool answered;
	json_t *said; /* NULL: nothing */
};

/* One request that waits for their answers. */
struct ask {
	uint64_t id;
	struct web *web;
	struct http_request *request;
	void (*then)(struct ask *ask);
	struct event *timer;
	struct part parts[PARTS_MAX];
	size_t nparts, nmissing;
	TAILQ_ENTRY(ask) link;
};

struct admin {
	uint64_t last_id;
	size_t nasks;
	TAILQ_HEAD(ask_list, ask) asks;
};

static void
ask_free(struct ask *ask)
{
	struct admin *admin = ask->web->admin;

	TAILQ_REMOVE(&admin->asks, ask, link);
	admin->nasks--;
	for (size_t i = 0; i < ask->nparts; i++)
		json_decref(ask->parts[i].said);
	event_free(ask->timer);
	free(ask);
}

static void
on_gone(void *arg)
{
	ask_free(arg);
}

static void
finish(struct ask *ask)
{
	ask->then(ask);
	ask_free(ask);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	finish(arg);
}

static void
add_part(struct ask *ask, enum role role, unsigned index, struct channel *to)
{
	struct part *part = &ask->parts[ask->nparts++];

	*part = (struct part){ .role = role, .index = index };
	if (to == NULL) {
		part->answered = true;
		return;
	}
	ask->nmissing++;
	channel_send(to, MSG_STATS_ASK, ask->id, NULL);
}

/* NULL: refused already. */
static struct ask *
ask_new(struct web *web, struct http_request *r, uint32_t ms,
    void (*then)(struct ask *ask))
{
	struct timeval tv = clock_timeval_us((uint64_t)ms * 1000);
	struct admin *admin = web->admin;
	struct ask *ask = NULL;
	struct fault f;

	if (admin->nasks < ASKS_MAX)
		ask = calloc(1, sizeof *ask);
	if (ask != NULL)
		ask->timer = event_new(web->child.base, -1, 0, on_timer, ask);
	if (ask == NULL || ask->timer == NULL) {
		free(ask);
		fault_set(&f, 503, "busy",
		    "too many questions of this kind "
		    "at the same time; try again soon");
		f.retry_after_s = 1;
		http_respond_fault(r, &f);
		return NULL;
	}
	ask->id = ++admin->last_id;
	ask->web = web;
	ask->request = r;
	ask->then = then;
	TAILQ_INSERT_TAIL(&admin->asks, ask, link);
	admin->nasks++;
	event_add(ask->timer, &tv);
	http_defer(r, on_gone, ask);
	return ask;
}

static struct ask *
find_ask(struct admin *admin, uint64_t id)
{
	struct ask *ask;

	TAILQ_FOREACH(ask, &admin->asks, link)
		if (ask->id == id)
			return ask;
	return NULL;
}

static struct part *
find_part(struct ask *ask, enum role role, unsigned index)
{
	for (size_t i = 0; i < ask->nparts; i++)
		if (ask->parts[i].role == role && ask->parts[i].index == index)
			return &ask->parts[i];
	return NULL;
}

int
admin_on_stats(
    struct web *web, enum role role, unsigned index, struct message *m)
{
	size_t n = msgbuf_left(&m->body);
	const char *text = msgbuf_get_raw(&m->body, n);
	struct ask *ask = find_ask(web->admin, m->id);
	struct part *part = ask ? find_part(ask, role, index) : NULL;

	/* Too late, or answered twice: nobody waits for it. */
	if (part == NULL || part->answered)
		return 0;
	part->answered = true;
	part->said = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(part->said)) {
		log_warn("%s %u gave statistics that are no JSON object",
		    role_name(role), index);
		json_decref(part->said);
		part->said = NULL;
	}
	if (--ask->nmissing == 0)
		finish(ask);
	return 0;
}

/* ---- GET /admin/stats ------------------------------------------------- */

static json_t *
web_stats(struct web *web)
{
	const struct http_counts *n = http_server_counts(web->http);
	json_t *by_class = json_object();
	char name[8];

	for (unsigned i = 1; i < 6; i++) {
		snprintf(name, sizeof name, "%uxx", i);
		json_object_set_new(
		    by_class, name, json_integer((json_int_t)n->by_class[i]));
	}
	return json_pack("{s:I,s:I,s:I,s:o,s:I,s:I,s:o}", "connections",
	    (json_int_t)n->connections, "connections_refused",
	    (json_int_t)n->refused_connections, "requests",
	    (json_int_t)n->requests, "requests_by_status_class", by_class,
	    "runs_in_flight", (json_int_t)runs_in_flight(web->runs),
	    "buffered_bytes", (json_int_t)n->buffered_bytes, "rights",
	    rights_json(&web->child.rights));
}

/* "supervisor", "pool", "worker 2" */
static json_t *
name_of(const struct part *part)
{
	if (part->role == ROLE_WORKER)
		return json_sprintf("worker %u", part->index);
	return json_string(role_name(part->role));
}

static void
finish_stats(struct ask *ask)
{
	json_t *stats = json_object(), *workers = json_array();
	json_t *unavailable = json_array();

	for (size_t i = 0; i < ask->nparts; i++) {
		const struct part *part = &ask->parts[i];
		json_t *said = part->said ? json_incref(part->said) :
					    json_null();

		if (part->role == ROLE_SUPERVISOR)
			json_object_set_new(stats, "service", said);
		else if (part->role == ROLE_POOL)
			json_object_set_new(stats, "pool", said);
		else
			json_array_append_new(workers, said);
		if (part->said == NULL)
			json_array_append_new(unavailable, name_of(part));
	}
	json_object_set_new(stats, "web", web_stats(ask->web));
	json_object_set_new(stats, "workers", workers);
	json_object_set_new(stats, "unavailable", unavailable);
	tally_put(runs_tally(ask->web->runs), stats);
	json_respond(ask->request, 200, stats);
}

void
admin_get_stats(struct web *web, struct http_request *r)
{
	struct ask *ask = ask_new(web, r, STATS_MS, finish_stats);

	if (ask == NULL)
		return;
	add_part(ask, ROLE_SUPERVISOR, 0, web->child.control);
	add_part(ask, ROLE_POOL, 0, web->pool.channel);
	for (unsigned i = 0; i < web->nworkers; i++)
		add_part(ask, ROLE_WORKER, i, web->workers[i].channel);
}

/* ---- GET /admin/self-test --------------------------------------------- */

static void
finish_self_test(struct ask *ask)
{
	json_respond(ask->request, 200,
	    selftest_report(
		ask->web->selftest, ask->parts[0].said, ask->parts[1].said));
}

void
admin_get_self_test(struct web *web, struct http_request *r)
{
	struct ask *ask = ask_new(web, r, STATS_MS, finish_self_test);

	if (ask == NULL)
		return;
	add_part(ask, ROLE_POOL, 0, web->pool.channel);
	add_part(ask, ROLE_SUPERVISOR, 0, web->child.control);
}

/* ---- GET /readyz ------------------------------------------------------ */

/* The names of the languages for which no container waits. */
static json_t *
missing_languages(struct web *web, const json_t *pool)
{
	const struct languages *l = &web->child.languages;
	const json_t *all = json_object_get(pool, "languages");
	json_t *missing = json_array();

	for (size_t i = 0; i < l->n; i++) {
		const json_t *one = json_object_get(all, l->all[i].name);

		if (json_integer_value(json_object_get(one, "idle")) < 1)
			json_array_append_new(
			    missing, json_string(l->all[i].name));
	}
	return missing;
}

static bool
has_worker(const struct web *web)
{
	for (size_t i = 0; i < web->nworkers; i++)
		if (web->workers[i].channel != NULL)
			return true;
	return false;
}

static void
finish_ready(struct ask *ask)
{
	struct web *web = ask->web;
	const json_t *pool = ask->parts[0].said;
	json_t *missing = pool ? missing_languages(web, pool) : json_array();
	bool ready;

	if (pool == NULL)
		json_array_append_new(missing, json_string("pool"));
	if (!has_worker(web))
		json_array_append_new(missing, json_string("worker"));
	ready = json_array_size(missing) == 0 && !web->draining;
	json_respond(ask->request, ready ? 200 : 503,
	    json_pack("{s:s,s:o}", "status",
		web->draining ? "stopping" :
		    ready     ? "ready" :
				"starting",
		"waiting_for", missing));
}

void
admin_get_ready(struct web *web, struct http_request *r)
{
	struct ask *ask = ask_new(web, r, READY_MS, finish_ready);

	if (ask == NULL)
		return;
	add_part(ask, ROLE_POOL, 0, web->pool.channel);
	if (ask->nmissing == 0)
		finish(ask);
}

struct admin *
admin_new(struct web *web)
{
	struct admin *admin = calloc(1, sizeof *admin);

	(void)web;
	if (admin != NULL)
		TAILQ_INIT(&admin->asks);
	return admin;
}
