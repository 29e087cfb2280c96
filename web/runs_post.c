/*
 * web/runs_post.c -- POST /run: a client's run, and its answer.
 */
#include "common/clock.h"
#include "common/log.h"
#include "web/guard.h"
#include "web/runs.h"
#include "web/tally.h"
#include "web/web.h"

static void
on_gone(void *arg)
{
	runs_cancel(arg, "the client left");
}

static void
answer_fault(struct http_request *r, const struct run_end *end, struct fault *f)
{
	log_info("run=" RUN_ID_FORMAT " answered http=%u code=%s total_ms=%.1f",
	    end->report.id, f->status, f->code,
	    (double)end->report.total_us / 1000);
	http_respond_fault(r, f);
}

/* The program has run, but there is no answer that could tell of it. */
static void
answer_nothing(struct http_request *r, const struct run_end *end, bool no_room)
{
	const struct run_result *result = end->report.result;
	enum refusal why = no_room ? REFUSED_BUSY : REFUSED_INTERNAL;
	struct fault f;

	log_warn("run=" RUN_ID_FORMAT " status=%s output_bytes=%zu lost: %s",
	    end->report.id, run_status_name(result->status), result->output_len,
	    no_room ? "no memory for its answer" : "malformed output");
	runs_tally(end->all)->refused[why]++;
	fault_set(&f, no_room ? 503 : 500, refusal_name(why), "%s",
	    no_room ? HTTP_NO_ROOM :
		      "the program's output could not be put into an answer");
	f.retry_after_s = no_room ? 1 : 0;
	answer_fault(r, end, &f);
}

static void
on_done(void *arg, const struct run_end *end)
{
	struct http_request *r = arg;
	size_t room = http_answer_room(r);
	struct msgbuf body;

	if (end->fault != NULL) {
		answer_fault(r, end, end->fault);
		return;
	}
	msgbuf_init(&body, room < RESPONSE_MAX ? room : RESPONSE_MAX);
	if (response_put(&body, &end->report) < 0) {
		answer_nothing(r, end, body.bad);
		msgbuf_fini(&body);
		return;
	}
	tally_result(runs_tally(end->all), &end->report);
	log_info("run=" RUN_ID_FORMAT " answered http=200 status=%s "
		 "total_ms=%.1f",
	    end->report.id, run_status_name(end->report.result->status),
	    (double)end->report.total_us / 1000);
	http_respond(
	    r, &(struct http_response){ .status = 200, .body = &body });
}

void
runs_post(struct web *web, struct http_request *r)
{
	const struct run_owner owner = {
		.client = r->client,
		.since_us = r->whole_us,
		.done = on_done,
		.arg = r,
	};
	struct run_request order;
	struct run *run = NULL;
	struct fault f;

	if (guard_check_json(&r->head, &f) == 0 &&
	    runs_check_room(web->runs, r->client, &f) == 0 &&
	    request_read(r->body.data, r->body.len, &web->child.settings,
		&web->child.languages, &order, &f) == 0)
		run = runs_start(web->runs, &order, &owner, &f);
	if (run == NULL) {
		http_respond_fault(r, &f);
		return;
	}
	msgbuf_fini(&r->body); /* the message has it all */
	http_defer(r, on_gone, run);
}
