/*
 * web/selftest.h -- the attack suite, run against the live pool.
 *
 *     NEVER --POST--> RUNNING --all judged--> DONE
 *                         \--the service stops, no memory--> ABORTED
 *
 * One attack after the other, each by the way of POST /run, without HTTP:
 * clients are served meanwhile, and nobody has to stay to watch.  One self-test
 * at a time; its results are kept until the next one begins.
 *
 * Runs in:  web.  Blocks: never.
 * Owns:     its runs, of which at most one attack's are in flight.
 */
#ifndef WEB_SELFTEST_H
#define WEB_SELFTEST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "web/attacks.h"
#include "web/http.h"
#include "web/judge.h"

struct event;
struct run;
struct web;

enum selftest_state {
	SELFTEST_NEVER,
	SELFTEST_RUNNING,
	SELFTEST_DONE,
	SELFTEST_ABORTED,
};

/* One run of the attack under way. */
struct trial {
	struct selftest *test;
	struct run *run; /* NULL: not in flight */
};

/* The attack under way, as far as it is known. */
struct finding {
	enum judgement judgement;
	uint64_t since_us;
	json_t *statuses, *lines; /* NULL: none is under way */
	char why[256];
};

struct selftest {
	struct web *web;
	struct event *step;
	enum selftest_state state;
	time_t started_at;
	uint64_t started_us, took_us;
	char why[256]; /* it was aborted */

	struct attacks attacks; /* while it runs */
	size_t total, at, next_run;
	struct trial trials[ATTACK_RUNS_MAX];
	size_t nrunning;
	struct finding finding;

	json_t *results; /* one object for each attack that was judged */
	size_t count[JUDGED_NJUDGEMENTS];
};

/* NULL: out of memory. */
struct selftest *selftest_new(struct web *web);
/* None is running. */
void selftest_free(struct selftest *test);

/* POST /admin/self-test: 202, or 409 while one is running. */
void selftest_post(struct web *web, struct http_request *r);
/* Ends one that is running. */
void selftest_abort(struct selftest *test, const char *why);

/*
 * web/selftest_report.c: GET /admin/self-test.  What the pool and the
 * supervisor say of themselves is borrowed, and may be NULL.
 */
json_t *selftest_report(
    const struct selftest *test, const json_t *pool, const json_t *service);

#endif
