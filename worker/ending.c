/*
 * worker/ending.c -- the end of a run, from every side it can come from.
 *
 * When a clock has run out, the runner is asked to end the program (KILL),
 * because it then sends what is still in the pipes and the exact use of CPU
 * and memory.  It has KILL_GRACE_MS for that; a runner that is held up or
 * gone is not argued with: the container is frozen, what is on its way is
 * taken, and the pool destroys it.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "worker/worker.h"

#define KILL_GRACE_MS 200
/* What was written before the end may still be on its way through Docker. */
#define LAST_BYTES_MS 30
/*
 * A container that is removed from outside loses its processes one after the
 * other; after this long the cgroup tells which of them were alone.
 */
#define JUDGE_MS 60

void
run_return_lease(struct worker *w, uint64_t id, struct lease *lease,
    enum lease_verdict verdict, const char *details)
{
	char brief[200];
	struct msgbuf m;

	snprintf(brief, sizeof brief, "%s", details);
	msgbuf_init(&m, msg_info(MSG_LEASE_RETURN)->max);
	msgbuf_put_u8(&m, (uint8_t)verdict);
	msgbuf_put_str(&m, brief);
	channel_send(w->pool, MSG_LEASE_RETURN, id, &m);
	msgbuf_fini(&m);
	lease_close(lease);
}

static void
on_free(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;

	(void)fd, (void)what;
	stream_close(r);
	event_free(r->timer);
	event_free(r->cpu_timer);
	free(r->program);
	free(r);
}

/* Stops everything in the container at once, as far as this host lets us. */
static void
freeze(struct run *r)
{
	struct err e;

	if (cgroup_can_freeze(&r->lease.cgroup) &&
	    cgroup_freeze(&r->lease.cgroup, &e) < 0)
		log_debug("run=" RUN_ID_FORMAT " %s", r->id, e.text);
}

/* From the loop, because we may be inside the reading of its own stream. */
void
run_forget(struct run *r)
{
	if (r->readable != NULL)
		event_del(r->readable);
	if (r->writable != NULL)
		event_del(r->writable);
	event_del(r->timer);
	event_del(r->cpu_timer);
	run_set_stage(r, STAGE_ENDED);
	event_base_once(
	    r->worker->child.base, -1, EV_TIMEOUT, on_free, r, NULL);
}

/* The run is over for its client.  What is clean is made fit for the next
 * run; any other lease is given back as it is. */
static void
run_end(struct run *r, enum lease_verdict verdict, const char *details)
{
	struct worker *w = r->worker;

	TAILQ_REMOVE(&w->runs, r, link);
	w->nruns--;
	w->finished++;
	event_del(r->timer);
	event_del(r->cpu_timer);
	if (r->leased && verdict == VERDICT_CLEAN) {
		recycle_begin(r);
		return;
	}
	/* What has not ended is stopped here: the pool's removal takes as long
	 * as Docker takes, and Docker may be what has failed. */
	if (r->leased && r->begun_us > 0 && !r->facts.exited)
		freeze(r);
	if (r->leased)
		run_return_lease(w, r->id, &r->lease, verdict, details);
	r->leased = false;
	run_forget(r);
}

void
run_refuse(
    struct run *r, enum refusal refusal, uint32_t retry_s, const char *why)
{
	struct msgbuf m;

	log_info("run=" RUN_ID_FORMAT " refused=%s: %s", r->id,
	    refusal_name(refusal), why);
	msgbuf_init(&m, msg_info(MSG_REFUSED)->max);
	msgbuf_put_u8(&m, (uint8_t)refusal);
	msgbuf_put_u32(&m, retry_s);
	msgbuf_put_str(&m, why);
	channel_send(r->worker->web, MSG_REFUSED, r->id, &m);
	msgbuf_fini(&m);
	run_end(r, verdict_of_refusal(&r->facts, refusal), why);
}

static void
send_result(struct run *r, const struct run_result *result)
{
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_RESULT)->max);
	run_result_put(&m, result);
	channel_send(r->worker->web, MSG_RESULT, r->id, &m);
	msgbuf_fini(&m);
}

/*
 * The kernel's counter goes with the container; where the container's own
 * kernel is what was killed, that takes a moment.
 */
bool
run_note_memory(struct run *r)
{
	if (cgroup_oom_kills(&r->lease.cgroup) > r->oom_before)
		r->facts.oom_killed = true;
	return r->facts.oom_killed;
}

/* The program has ended, one way or another: say so. */
void
run_finish(struct run *r)
{
	uint64_t now = clock_us();
	struct run_result result = { 0 };
	struct facts *f = &r->facts;
	int64_t cpu = cgroup_cpu_us(&r->lease.cgroup);

	f->limits = r->order.limits;
	run_note_memory(r);
	f->wall_us = now - r->begun_us;
	f->cpu_us = cpu > r->cpu_before_us ?
	    (uint64_t)(cpu - r->cpu_before_us) :
	    0;
	verdict_decide(f, &result);
	result.cut |= r->cut;
	r->timing.run_us = now - r->begun_us;
	r->timing.worker_us = now - r->arrived_us;
	result.timing = r->timing;
	result.recycled = r->lease.used;
	result.output = r->output.bytes.data;
	result.output_len = r->output.bytes.len;
	log_debug("run=" RUN_ID_FORMAT " container=%u finished status=%s "
		  "run_us=%llu",
	    r->id, r->lease.container, run_status_name(result.status),
	    (unsigned long long)r->timing.run_us);
	send_result(r, &result);
	run_end(r, verdict_of_lease(f, result.status),
	    run_status_name(result.status));
}

void
run_take_last_bytes(struct run *r)
{
	freeze(r);
	run_set_stage(r, STAGE_LAST);
	run_set_timer(r->timer, LAST_BYTES_MS * 1000);
}

void
run_ask_to_end(struct run *r, enum cause cause)
{
	size_t place;

	r->facts.cause = cause;
	event_del(r->cpu_timer);
	run_set_stage(r, STAGE_ENDING);
	place = frame_begin(&r->out, FRAME_KILL);
	frame_end(&r->out, place);
	stream_send(r);
	run_set_timer(r->timer, KILL_GRACE_MS * 1000);
}

/* ---- what the stream says --------------------------------------------- */

void
run_on_exit(struct run *r, const struct exit_frame *exit)
{
	r->facts.exited = true;
	r->facts.exit = *exit;
	r->facts.unsent = r->out_sent < r->out.len;
	run_finish(r);
}

void
run_on_fail(struct run *r, enum refusal refusal, const char *why)
{
	r->facts.unsent = r->out_sent < r->out.len;
	/* Too little memory even to start it is the run's own limit. */
	if (run_note_memory(r))
		run_finish(r);
	else
		run_refuse(r, refusal, 0, why);
}

void
run_on_output_limit(struct run *r, enum run_stream stream)
{
	r->cut |= (uint8_t)stream;
	if (r->stage == STAGE_RUNNING)
		run_ask_to_end(r, CAUSE_OUTPUT);
}

void
run_on_stream_lost(struct run *r, const char *why)
{
	event_del(r->readable);
	event_del(r->cpu_timer);
	r->facts.stream_lost = true;
	run_note_memory(r);
	if (r->stage == STAGE_LAST)
		return; /* the timer ends it, with what there is */
	snprintf(r->lost, sizeof r->lost, "%s", why);
	if (r->facts.cause != CAUSE_NONE) {
		run_finish(r);
		return;
	}
	run_set_stage(r, STAGE_LAST);
	run_set_timer(r->timer, JUDGE_MS * 1000);
}

void
run_container_lost(struct run *r, const char *why)
{
	if (!r->leased)
		return;
	/* Its EXIT may be there already. */
	stream_read(r);
	if (run_is_answered(r))
		return;
	if (run_note_memory(r) || r->facts.cause != CAUSE_NONE)
		run_finish(r);
	else
		run_refuse(r, REFUSED_CONTAINER_LOST, 0, why);
}

/*
 * The stream broke while nobody asked.  The cgroup tells why: the kernel
 * killed for memory; or the runner is dead and others live, so the program
 * killed it; or all are gone, or all live and Docker is gone.
 */
void
run_judge_lost_stream(struct run *r)
{
	const struct cgroup *cg = &r->lease.cgroup;
	bool runner_lives = cgroup_has(cg, r->lease.runner_pid);
	char why[256];

	if (run_note_memory(r) || (!runner_lives && !cgroup_is_empty(cg))) {
		r->facts.runner_killed = true;
		run_finish(r);
		return;
	}
	snprintf(why, sizeof why,
	    "the container was lost while the program "
	    "ran (%s)",
	    r->lost);
	run_refuse(r, REFUSED_CONTAINER_LOST, 0, why);
}

/* ---- what others do --------------------------------------------------- */

void
run_cancel(struct run *r)
{
	log_info("run=" RUN_ID_FORMAT " cancelled", r->id);
	if (r->stage == STAGE_ASKED)
		channel_send(r->worker->pool, MSG_LEASE_CANCEL, r->id, NULL);
	run_end(r, VERDICT_CANCELLED, "");
}
