#include "web/selftest.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "common/clock.h"
#include "common/log.h"
#include "web/guard.h"
#include "web/json.h"
#include "web/runs.h"
#include "web/web.h"

/* The next step is made from the loop: runs end in many places. */
static void
go_on(struct selftest *test)
{
	event_active(test->step, EV_TIMEOUT, 1);
}

/* ---- the end ---------------------------------------------------------- */

static void
forget_finding(struct selftest *test)
{
	json_decref(test->finding.statuses);
	json_decref(test->finding.lines);
	test->finding = (struct finding){ .lines = NULL };
}

static void
log_end(const struct selftest *test)
{
	const size_t *count = test->count;
	char text[256];

	snprintf(text, sizeof text,
	    "of %zu attacks %zu stopped, %zu escaped, %zu unclear, "
	    "%zu not run, %zu skipped",
	    test->total, count[JUDGED_STOPPED], count[JUDGED_ESCAPED],
	    count[JUDGED_UNCLEAR], count[JUDGED_ERROR], count[JUDGED_SKIPPED]);
	if (test->state == SELFTEST_ABORTED)
		log_warn("self-test aborted: %s; %s", test->why, text);
	else if (count[JUDGED_ESCAPED] + count[JUDGED_UNCLEAR] > 0)
		log_error("self-test done, NOT ALL STOPPED: %s", text);
	else
		log_info("self-test done: %s", text);
}

static void
end(struct selftest *test, enum selftest_state state)
{
	test->state = state;
	test->took_us = clock_us() - test->started_us;
	forget_finding(test);
	attacks_free(&test->attacks);
	log_end(test);
}

void
selftest_abort(struct selftest *test, const char *why)
{
	if (test->state != SELFTEST_RUNNING)
		return;
	for (size_t i = 0; i < nitems(test->trials); i++) {
		if (test->trials[i].run != NULL)
			runs_cancel(test->trials[i].run, why);
		test->trials[i].run = NULL;
	}
	test->nrunning = 0;
	snprintf(test->why, sizeof test->why, "%s", why);
	end(test, SELFTEST_ABORTED);
}

/* ---- one attack ------------------------------------------------------- */

static const struct attack *
current(const struct selftest *test)
{
	return &test->attacks.all[test->at];
}

/* Of an attack's runs the worst one counts, and its reason. */
static void
find(struct selftest *test, enum judgement judgement, const char *why)
{
	struct finding *f = &test->finding;

	if (judgement <= f->judgement)
		return;
	f->judgement = judgement;
	snprintf(f->why, sizeof f->why, "%s", why);
}

static void
log_finding(const struct selftest *test)
{
	const struct attack *a = current(test);
	const struct finding *f = &test->finding;

	if (f->judgement == JUDGED_ESCAPED || f->judgement == JUDGED_UNCLEAR)
		log_error("self-test: attack=%s wall=%s was NOT STOPPED: %s",
		    a->name, a->wall, f->why);
	else if (f->judgement == JUDGED_ERROR)
		log_warn("self-test: attack=%s wall=%s could not be judged: %s",
		    a->name, a->wall, f->why);
	else
		log_debug("self-test: attack=%s wall=%s %s", a->name, a->wall,
		    judgement_name(f->judgement));
}

static void
end_attack(struct selftest *test)
{
	const struct attack *a = current(test);
	const struct finding *f = &test->finding;

	log_finding(test);
	test->count[f->judgement]++;
	/* clang-format off */
	json_array_append_new(test->results,
	    json_pack("{s:s, s:O, s:s, s:s, s:O, s:s, s:b, s:s?, s:O, s:O, s:I}",
	    "name", a->name, "title", json_object_get(a->json, "title"),
	    "language", json_string_value(json_object_get(a->json, "language")),
	    "wall", a->wall, "rule", json_object_get(a->json, "rule"),
	    "verdict", judgement_name(f->judgement),
	    "stopped", (int)(f->judgement == JUDGED_STOPPED),
	    "why", f->why[0] ? f->why : NULL,
	    "status", f->statuses, "lines", f->lines,
	    "ms", (json_int_t)((clock_us() - f->since_us) / 1000)));
	/* clang-format on */
	forget_finding(test);
	test->at++;
	test->next_run = 0;
}

/* A run has ended, or did not begin. */
static void
end_run(struct selftest *test)
{
	const struct attack *a = current(test);

	if (test->nrunning > 0)
		return;
	/* What was not planted is not looked for. */
	if (test->next_run < a->nruns &&
	    test->finding.judgement == JUDGED_STOPPED) {
		go_on(test);
		return;
	}
	end_attack(test);
	go_on(test);
}

static void
on_done(void *arg, const struct run_end *end)
{
	struct trial *trial = arg;
	struct selftest *test = trial->test;
	const struct run_result *result = end->report.result;
	enum judgement judgement;
	char why[256];

	trial->run = NULL;
	test->nrunning--;
	if (end->fault != NULL) {
		snprintf(why, sizeof why, "%s: %.180s", end->fault->code,
		    end->fault->message);
		find(test, JUDGED_ERROR, why);
	} else {
		json_array_append_new(test->finding.statuses,
		    json_string(run_status_name(result->status)));
		judgement = judge_run(current(test)->expect, result,
		    test->finding.lines, why, sizeof why);
		find(test, judgement, why);
	}
	end_run(test);
}

/* -1: f says why. */
static int
start_run(struct selftest *test, size_t i, struct fault *f)
{
	struct web *web = test->web;
	const struct run_owner owner = {
		.since_us = clock_us(),
		.done = on_done,
		.arg = &test->trials[i],
	};
	auto_json json_t *order = attack_order(
	    &test->attacks, current(test), i, &web->child.settings);
	struct run_request request;

	if (runs_check_room(web->runs, NULL, f) < 0 ||
	    request_from_json(order, &web->child.settings,
		&web->child.languages, &request, f) < 0)
		return -1;
	test->trials[i].test = test;
	test->trials[i].run = runs_start(web->runs, &request, &owner, f);
	if (test->trials[i].run == NULL)
		return -1;
	test->nrunning++;
	return 0;
}

static void
start_runs(struct selftest *test)
{
	const struct attack *a = current(test);
	char why[256];
	struct fault f;

	do {
		if (start_run(test, test->next_run++, &f) < 0) {
			snprintf(
			    why, sizeof why, "%s: %.180s", f.code, f.message);
			find(test, JUDGED_ERROR, why);
		}
	} while (a->together && test->next_run < a->nruns);
	end_run(test);
}

static void
begin_attack(struct selftest *test)
{
	const struct attack *a = current(test);
	const struct languages *languages = &test->web->child.languages;
	char why[64];

	test->finding = (struct finding){
		.since_us = clock_us(),
		.statuses = json_array(),
		.lines = json_array(),
	};
	if (languages_find(languages, a->language) < 0) {
		snprintf(why, sizeof why, "%s is not served here", a->language);
		find(test, JUDGED_SKIPPED, why);
		end_attack(test);
	}
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	struct selftest *test = arg;

	(void)fd, (void)what;
	if (test->state != SELFTEST_RUNNING || test->nrunning > 0)
		return;
	if (test->at < test->attacks.n && test->next_run == 0)
		begin_attack(test);
	if (test->at == test->attacks.n)
		end(test, SELFTEST_DONE);
	else if (test->finding.lines != NULL)
		start_runs(test);
	else
		go_on(test);
}

/* ---- POST /admin/self-test -------------------------------------------- */

static int
begin(struct selftest *test, struct fault *f)
{
	struct err e;

	if (attacks_load(&test->attacks, &e) < 0)
		return fault_set(f, 500, "internal", "%s", e.text);
	json_decref(test->results);
	test->results = json_array();
	memset(test->count, 0, sizeof test->count);
	test->total = test->attacks.n;
	test->at = test->next_run = 0;
	test->why[0] = '\0';
	test->took_us = 0;
	test->started_us = clock_us();
	test->started_at = time(NULL);
	test->state = SELFTEST_RUNNING;
	log_info("self-test begins: %zu attacks", test->total);
	go_on(test);
	return 0;
}

/* There is nothing to say yet; what is said must not be passed over. */
static int
check_body(const struct http_request *r, struct fault *f)
{
	auto_json json_t *body = NULL;

	if (r->body.len == 0)
		return 0;
	body = json_loadb((const char *)r->body.data, r->body.len, 0, NULL);
	if (!json_is_object(body) || json_object_size(body) > 0)
		return fault_set(f, 400, "invalid_field",
		    "the body is not empty, expected {} or nothing");
	return 0;
}

static int
check_post(struct web *web, const struct http_request *r, struct fault *f)
{
	const struct selftest *test = web->selftest;

	if (guard_check_json(&r->head, f) < 0 || check_body(r, f) < 0)
		return -1;
	if (test->state == SELFTEST_RUNNING)
		return fault_set(f, 409, "self_test_running",
		    "a self-test is running: %zu of %zu attacks are done",
		    test->at, test->total);
	return runs_check_room(web->runs, NULL, f);
}

void
selftest_post(struct web *web, struct http_request *r)
{
	struct selftest *test = web->selftest;
	struct fault f;

	if (check_post(web, r, &f) < 0 || begin(test, &f) < 0)
		http_respond_fault(r, &f);
	else
		json_respond(r, 202,
		    json_pack("{s:s, s:I}", "state", "running", "total",
			(json_int_t)test->total));
}

struct selftest *
selftest_new(struct web *web)
{
	struct selftest *test = calloc(1, sizeof *test);

	if (test == NULL)
		return NULL;
	test->web = web;
	test->results = json_array();
	test->step = event_new(web->child.base, -1, 0, on_step, test);
	if (test->step == NULL || test->results == NULL) {
		json_decref(test->results);
		free(test);
		return NULL;
	}
	return test;
}

void
selftest_free(struct selftest *test)
{
	if (test == NULL)
		return;
	event_free(test->step);
	json_decref(test->results);
	free(test);
}
