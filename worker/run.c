/*
 * worker/run.c -- the beginning of a run, and its clocks.
 *
 * Both clocks are the worker's own, outside the container.  When one runs
 * out, worker/ending.c ends the program.
 */
#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/runtime.h"
#include "worker/worker.h"

#define CPU_CHECK_MIN_US 5000

static const bool may_become[STAGE_NSTAGES][STAGE_NSTAGES] = {
	[STAGE_WAITING] = { [STAGE_ASKED] = true, [STAGE_ENDED] = true },
	[STAGE_ASKED] = { [STAGE_WAITING] = true,
	    [STAGE_RUNNING] = true,
	    [STAGE_ENDED] = true },
	[STAGE_RUNNING] = { [STAGE_ENDING] = true,
	    [STAGE_LAST] = true,
	    [STAGE_RECYCLING] = true,
	    [STAGE_ENDED] = true },
	[STAGE_ENDING] = { [STAGE_LAST] = true, [STAGE_ENDED] = true },
	[STAGE_LAST] = { [STAGE_ENDED] = true },
	[STAGE_RECYCLING] = { [STAGE_ENDED] = true },
};

void
run_set_stage(struct run *r, enum stage to)
{
	assert(may_become[r->stage][to]);
	r->stage = to;
}

void
run_set_timer(struct event *timer, uint64_t us)
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
		run_ask_to_end(r, CAUSE_WALL);
		break;
	case STAGE_ENDING:
		log_debug(
		    "run=" RUN_ID_FORMAT " the runner does not end it", r->id);
		run_take_last_bytes(r);
		break;
	case STAGE_LAST:
		if (r->lost[0] != '\0')
			run_judge_lost_stream(r);
		else
			run_finish(r);
		break;
	case STAGE_RECYCLING:
		recycle_on_timer(r);
		break;
	case STAGE_ENDED:
	case STAGE_NSTAGES:
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

	run_set_timer(
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
		run_ask_to_end(r, CAUSE_CPU);
	else
		set_cpu_timer(r, used);
}

/* ---- the beginning ---------------------------------------------------- */

void
run_ask(struct run *r)
{
	uint64_t now = clock_us();
	struct msgbuf m;

	if (r->stage != STAGE_WAITING || r->worker->pool == NULL ||
	    now >= r->deadline_us)
		return;
	run_set_stage(r, STAGE_ASKED);
	r->asked_us = now;
	msgbuf_init(&m, msg_info(MSG_LEASE_ASK)->max);
	msgbuf_put_u16(&m, r->order.language);
	msgbuf_put_u32(&m, (uint32_t)((r->deadline_us - now) / 1000));
	msgbuf_put_u8(&m, r->order.fresh);
	channel_send(r->worker->pool, MSG_LEASE_ASK, r->id, &m);
	msgbuf_fini(&m);
	/* A second more than the pool has: it knows better why. */
	run_set_timer(r->timer, r->deadline_us - now + 1000000);
}

void
run_start(struct worker *w, uint64_t id, const struct run_order *order)
{
	struct run *r = calloc(1, sizeof *r);
	struct event_base *base = w->child.base;
	uint64_t wait_us = w->child.settings.pool_queue_ms * 1000ull;

	if (r == NULL ||
	    (r->timer = event_new(base, -1, 0, on_timer, r)) == NULL ||
	    (r->cpu_timer = event_new(base, -1, 0, on_cpu_timer, r)) == NULL)
		abort(); /* a few hundred bytes: nothing would work any more */
	r->worker = w;
	r->id = id;
	r->order = *order;
	r->arrived_us = clock_us();
	r->deadline_us = r->arrived_us + wait_us;
	r->lease.stream_fd = -1;
	cgroup_init(&r->lease.cgroup);
	TAILQ_INSERT_TAIL(&w->runs, r, link);
	w->nruns++;
	r->program = malloc(order->program_len + 1);
	if (r->program == NULL) {
		run_refuse(r, REFUSED_INTERNAL, 1, "out of memory");
		return;
	}
	memcpy(r->program, order->program, order->program_len);
	r->order.program = r->program;
	run_set_timer(r->timer, wait_us);
	run_ask(r);
}

int
run_change_limits(const struct run *r, const struct run_limits *from,
    const struct run_limits *to, struct err *e)
{
	const struct cgroup *cg = &r->lease.cgroup;
	struct runtime_needs needs = runtime_needs(
	    r->worker->child.settings.runtime);

	if (to->memory_mb != from->memory_mb &&
	    cgroup_set_memory(
		cg, (to->memory_mb + needs.memory_mb) * (uint64_t)MIB, e) < 0)
		return -1;
	if (to->processes != from->processes)
		return cgroup_set_pids(cg,
		    to->processes + LEASE_OWN_PROCESSES + needs.processes, e);
	return 0;
}

static int
set_limits(struct run *r, struct err *e)
{
	/* The container was made with these. */
	const struct run_limits own = run_default_limits(
	    &r->worker->child.settings);
	const struct run_limits *l = &r->order.limits;

	if ((l->memory_mb != own.memory_mb || l->processes != own.processes) &&
	    !cgroup_can_limit(&r->lease.cgroup))
		return err_set(e, ERR_SYSTEM,
		    "memory_mb and processes cannot "
		    "differ from %u and %u here: this host does not let the "
		    "service reach its containers' cgroups",
		    own.memory_mb, own.processes);
	return run_change_limits(r, &own, l, e);
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
	r->facts.reuse = r->worker->child.settings.reuse == REUSE_ALWAYS;
	r->facts.walled = lease->walled;
	r->facts.reachable = cgroup_can_freeze(&r->lease.cgroup) &&
	    r->oom_before >= 0;
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
	run_set_stage(r, STAGE_RUNNING);
	run_set_timer(r->timer, r->order.limits.wall_ms * 1000ull);
	set_cpu_timer(r, 0);
	log_debug("run=" RUN_ID_FORMAT " container=%u begins", r->id,
	    r->lease.container);
	stream_send(r);
}

/* ---- what others do --------------------------------------------------- */

void
run_pool_gone(struct run *r)
{
	if (r->leased)
		stream_read(r); /* its EXIT may be there already */
	if (run_is_answered(r))
		return;
	if (r->leased) {
		run_refuse(r, REFUSED_CONTAINER_LOST, 0,
		    "the pool of containers ended while the program ran");
		return;
	}
	if (r->stage == STAGE_ASKED)
		run_set_stage(r, STAGE_WAITING);
	run_set_timer(r->timer,
	    r->deadline_us > clock_us() ? r->deadline_us - clock_us() : 0);
}
