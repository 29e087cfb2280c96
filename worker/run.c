/*
 * worker/run.c -- one run, from web's order to its result.
 *
 * Both clocks are the worker's own, outside the container.  When one runs
 * out, the runner is asked to end the program (KILL), because it then sends
 * what is still in the pipes and the exact use of CPU and memory.  It has
 * KILL_GRACE_MS for that; a runner that is held up or gone is not argued
 * with: the container is frozen, what is on its way is taken, and the pool
 * destroys it.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
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
#define JUDGE_MS         60
#define CPU_CHECK_MIN_US 5000

/* ---- small things ----------------------------------------------------- */

static void
set_timer(struct event *timer, uint64_t us)
{
	struct timeval tv = clock_timeval_us(us);

	event_add(timer, &tv);
}

struct run *
run_find(struct worker *w, uint64_t id)
{
	struct run *r;

	TAILQ_FOREACH(r, &w->runs, link)
		if (r->id == id)
			return r;
	return NULL;
}

void
run_return_lease(struct worker *w, uint64_t id, struct lease *lease,
    enum lease_verdict verdict, const char *details)
{
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_LEASE_RETURN)->max);
	msgbuf_put_u8(&m, (uint8_t)verdict);
	msgbuf_put_str(&m, details);
	channel_send(w->pool, MSG_LEASE_RETURN, id, &m);
	msgbuf_fini(&m);
	lease_close(lease);
}

/* ---- the end ---------------------------------------------------------- */

static void
on_free(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;

	(void)fd, (void)what;
	stream_close(r);
	if (r->timer != NULL)
		event_free(r->timer);
	if (r->cpu_timer != NULL)
		event_free(r->cpu_timer);
	free(r->program);
	free(r);
}

/* Gives the lease back and forgets the run; freed from the loop, because we
 * may be inside the reading of its own stream. */
static void
run_end(struct run *r, enum lease_verdict verdict, const char *details)
{
	struct worker *w = r->worker;

	if (r->readable != NULL)
		event_del(r->readable);
	if (r->writable != NULL)
		event_del(r->writable);
	if (r->leased)
		run_return_lease(w, r->id, &r->lease, verdict, details);
	r->leased = false;
	event_del(r->timer);
	event_del(r->cpu_timer);
	r->stage = STAGE_ENDED;
	TAILQ_REMOVE(&w->runs, r, link);
	w->nruns--;
	w->finished++;
	event_base_once(w->child.base, -1, EV_TIMEOUT, on_free, r, NULL);
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
	run_end(r, VERDICT_BROKEN, why);
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

/* The program has ended, one way or another: say so. */
static void
run_finish(struct run *r)
{
	uint64_t now = clock_us();
	struct run_result result = { 0 };
	struct facts *f = &r->facts;
	int64_t oom = cgroup_oom_kills(&r->lease.cgroup);
	int64_t cpu = cgroup_cpu_us(&r->lease.cgroup);

	f->limits = r->order.limits;
	f->oom_killed = f->oom_killed || oom > r->oom_before;
	f->wall_us = now - r->begun_us;
	f->cpu_us = cpu > r->cpu_before_us ?
	    (uint64_t)(cpu - r->cpu_before_us) :
	    0;
	verdict_decide(f, &result);
	for (unsigned s = 0; s < 2; s++)
		if (r->output.total[s] >=
			r->order.limits.output_kb * (uint64_t)KIB &&
		    result.status == RUN_OUTPUT_LIMIT && !f->exited)
			result.cut |= (uint8_t)(1u << s);
	r->timing.run_us = now - r->begun_us;
	r->timing.worker_us = now - r->arrived_us;
	result.timing = r->timing;
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

/* Stops everything in the container at once, as far as this host lets us. */
static void
freeze(struct run *r)
{
	struct err e;

	if (cgroup_can_freeze(&r->lease.cgroup) &&
	    cgroup_freeze(&r->lease.cgroup, &e) < 0)
		log_debug("run=" RUN_ID_FORMAT " %s", r->id, e.text);
}

static void
take_last_bytes(struct run *r)
{
	freeze(r);
	r->stage = STAGE_LAST;
	set_timer(r->timer, LAST_BYTES_MS * 1000);
}

static void
ask_to_end(struct run *r, enum cause cause)
{
	size_t place;

	r->facts.cause = cause;
	event_del(r->cpu_timer);
	r->stage = STAGE_ENDING;
	place = frame_begin(&r->out, FRAME_KILL);
	frame_end(&r->out, place);
	stream_send(r);
	set_timer(r->timer, KILL_GRACE_MS * 1000);
}

/* ---- what the stream says --------------------------------------------- */

void
run_on_exit(struct run *r, const struct exit_frame *exit)
{
	r->facts.exited = true;
	r->facts.exit = *exit;
	run_finish(r);
}

void
run_on_fail(struct run *r, const char *why)
{
	int64_t oom = cgroup_oom_kills(&r->lease.cgroup);

	/* Too little memory even to start it is the run's own limit. */
	if (oom > r->oom_before) {
		r->facts.oom_killed = true;
		run_finish(r);
	} else {
		run_refuse(r, REFUSED_RUNNER, 0, why);
	}
}

void
run_on_output_limit(struct run *r)
{
	if (r->stage == STAGE_RUNNING)
		ask_to_end(r, CAUSE_OUTPUT);
}

void
run_on_stream_lost(struct run *r, const char *why)
{
	event_del(r->readable);
	if (r->stage == STAGE_LAST)
		return; /* the timer ends it, with what there is */
	snprintf(r->lost, sizeof r->lost, "%s", why);
	if (r->facts.cause != CAUSE_NONE) {
		run_finish(r);
		return;
	}
	r->stage = STAGE_LAST;
	set_timer(r->timer, JUDGE_MS * 1000);
}

void
run_container_lost(struct run *r, const char *why)
{
	int64_t oom;

	if (!r->leased)
		return;
	oom = cgroup_oom_kills(&r->lease.cgroup);
	if (oom > r->oom_before || r->facts.cause != CAUSE_NONE)
		run_finish(r);
	else
		run_refuse(r, REFUSED_CONTAINER_LOST, 0, why);
}

/*
 * The stream broke while nobody asked.  The cgroup tells why: the kernel
 * killed for memory; or the runner is dead and others live, so the program
 * killed it; or all are gone, or all live and Docker is gone.
 */
static void
judge_lost_stream(struct run *r)
{
	const struct cgroup *cg = &r->lease.cgroup;
	bool runner_lives = cgroup_has(cg, r->lease.runner_pid);
	char why[256];

	if (cgroup_oom_kills(cg) > r->oom_before ||
	    (!runner_lives && !cgroup_is_empty(cg))) {
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

/* ---- clocks ----------------------------------------------------------- */

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;

	(void)fd, (void)what;
	switch (r->stage) {
	case STAGE_WAITING:
		run_refuse(r, REFUSED_BUSY, 1,
		    "the pool of containers is "
		    "not there; it is being started again");
		break;
	case STAGE_ASKED:
		/* The pool denies in time; this is for one that does not. */
		channel_send(r->worker->pool, MSG_LEASE_CANCEL, r->id, NULL);
		run_refuse(r, REFUSED_BUSY, 1,
		    "no container became free in "
		    "time");
		break;
	case STAGE_RUNNING:
		ask_to_end(r, CAUSE_WALL);
		break;
	case STAGE_ENDING:
		log_debug(
		    "run=" RUN_ID_FORMAT " the runner does not end it", r->id);
		take_last_bytes(r);
		break;
	case STAGE_LAST:
		if (r->lost[0] != '\0')
			judge_lost_stream(r);
		else
			run_finish(r);
		break;
	case STAGE_ENDED:
		break;
	}
}

/*
 * CPU time is looked at when, at full speed, it could be used up, and again
 * after what is left: no more than a few times in a run.
 */
static void
set_cpu_timer(struct run *r, uint64_t used_us)
{
	uint64_t percent = r->worker->child.settings.run_cpus_percent;
	uint64_t left = r->order.limits.cpu_ms * 1000ull - used_us;
	uint64_t pause = left * 100 / percent;

	set_timer(
	    r->cpu_timer, pause < CPU_CHECK_MIN_US ? CPU_CHECK_MIN_US : pause);
}

static void
on_cpu_timer(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;
	int64_t cpu = cgroup_cpu_us(&r->lease.cgroup);
	uint64_t used = cpu > r->cpu_before_us ?
	    (uint64_t)(cpu - r->cpu_before_us) :
	    0;

	(void)fd, (void)what;
	if (cpu < 0)
		return; /* RLIMIT_CPU is left, process by process */
	if (used >= r->order.limits.cpu_ms * 1000ull)
		ask_to_end(r, CAUSE_CPU);
	else
		set_cpu_timer(r, used);
}

/* ---- the beginning ---------------------------------------------------- */

void
run_ask(struct run *r)
{
	uint64_t now = clock_us();
	struct msgbuf m;

	if (r->worker->pool == NULL || now >= r->deadline_us)
		return;
	r->stage = STAGE_ASKED;
	r->asked_us = now;
	msgbuf_init(&m, msg_info(MSG_LEASE_ASK)->max);
	msgbuf_put_u16(&m, r->order.language);
	msgbuf_put_u32(&m, (uint32_t)((r->deadline_us - now) / 1000));
	channel_send(r->worker->pool, MSG_LEASE_ASK, r->id, &m);
	msgbuf_fini(&m);
	/* A second more than the pool has: it knows better why. */
	set_timer(r->timer, r->deadline_us - now + 1000000);
}

void
run_start(struct worker *w, uint64_t id, const struct run_order *order)
{
	struct run *r = calloc(1, sizeof *r);
	struct event_base *base = w->child.base;
	uint64_t wait_us = w->child.settings.pool_queue_ms * 1000ull;

	if (r == NULL)
		abort(); /* a few hundred bytes: nothing would work any more */
	r->worker = w;
	r->id = id;
	r->order = *order;
	r->arrived_us = clock_us();
	r->deadline_us = r->arrived_us + wait_us;
	r->lease.stream_fd = -1;
	cgroup_init(&r->lease.cgroup);
	TAILQ_INSERT_HEAD(&w->runs, r, link);
	w->nruns++;
	r->timer = event_new(base, -1, 0, on_timer, r);
	r->cpu_timer = event_new(base, -1, 0, on_cpu_timer, r);
	r->program = malloc(order->program_len + 1);
	if (r->program == NULL || r->timer == NULL || r->cpu_timer == NULL) {
		run_refuse(r, REFUSED_INTERNAL, 1, "out of memory");
		return;
	}
	memcpy(r->program, order->program, order->program_len);
	r->order.program = r->program;
	set_timer(r->timer, wait_us);
	run_ask(r);
}

static int
set_limits(struct run *r, struct err *e)
{
	const struct settings *s = &r->worker->child.settings;
	const struct run_limits *l = &r->order.limits;
	const struct cgroup *cg = &r->lease.cgroup;

	if (l->memory_mb == s->run_memory_mb &&
	    l->processes == s->run_processes)
		return 0; /* the container was made with these */
	if (!cgroup_can_limit(cg))
		return err_set(e, ERR_SYSTEM,
		    "memory_mb and processes cannot "
		    "differ from %u and %u here: this host does not let the "
		    "service reach its containers' cgroups",
		    s->run_memory_mb, s->run_processes);
	if (l->memory_mb != s->run_memory_mb &&
	    cgroup_set_memory(cg, l->memory_mb * (uint64_t)MIB, e) < 0)
		return -1;
	if (l->processes != s->run_processes)
		return cgroup_set_pids(
		    cg, l->processes + LEASE_OWN_PROCESSES, e);
	return 0;
}

static void
put_run_frame(struct run *r)
{
	const struct settings *s = &r->worker->child.settings;
	struct run_frame frame = {
		/* Coarser than our clock, so later. */
		.cpu_s = r->order.limits.cpu_ms / 1000 + 2,
		.file_mb = s->run_file_mb,
		.open_files = s->run_open_files,
		.output_bytes = r->order.limits.output_kb * (uint64_t)KIB,
	};
	size_t place = frame_begin(&r->out, FRAME_RUN);

	run_frame_put(&r->out, &frame);
	msgbuf_put_raw(&r->out, r->order.program, r->order.program_len);
	frame_end(&r->out, place);
	free(r->program);
	r->program = NULL;
}

void
run_granted(struct run *r, struct lease *lease)
{
	struct err e = { 0 };

	r->granted_us = clock_us();
	r->timing.lease_us = r->granted_us - r->arrived_us;
	r->lease = *lease;
	r->leased = true;
	r->oom_before = cgroup_oom_kills(&r->lease.cgroup);
	r->cpu_before_us = cgroup_cpu_us(&r->lease.cgroup);
	if (stream_open(r) < 0) {
		run_refuse(r, REFUSED_INTERNAL, 1, "out of memory");
		return;
	}
	if (set_limits(r, &e) < 0 ||
	    (!lease->thawed && cgroup_thaw(&r->lease.cgroup, &e) < 0)) {
		run_refuse(r, REFUSED_INTERNAL, 0, e.text);
		return;
	}
	put_run_frame(r);
	if (r->out.bad) {
		run_refuse(r, REFUSED_INTERNAL, 1, "out of memory");
		return;
	}
	r->begun_us = clock_us();
	r->timing.thaw_us = r->begun_us - r->granted_us;
	r->stage = STAGE_RUNNING;
	set_timer(r->timer, r->order.limits.wall_ms * 1000ull);
	set_cpu_timer(r, 0);
	log_debug("run=" RUN_ID_FORMAT " container=%u begins", r->id,
	    r->lease.container);
	stream_send(r);
}

/* ---- what others do --------------------------------------------------- */

void
run_pool_gone(struct run *r)
{
	if (r->leased) {
		run_refuse(r, REFUSED_CONTAINER_LOST, 0,
		    "the pool of containers ended while the program ran");
		return;
	}
	r->stage = STAGE_WAITING;
	set_timer(r->timer,
	    r->deadline_us > clock_us() ? r->deadline_us - clock_us() : 0);
}

void
run_cancel(struct run *r)
{
	log_info("run=" RUN_ID_FORMAT " cancelled", r->id);
	if (r->leased)
		freeze(r);
	else if (r->stage == STAGE_ASKED)
		channel_send(r->worker->pool, MSG_LEASE_CANCEL, r->id, NULL);
	run_end(r, VERDICT_CANCELLED, "");
}
