/*
 * worker/recycle.c -- a container after its run, off every request's path.
 *
 *   READY --> its own limits again --> frozen --> returned as clean
 *
 * The run is answered.  Its sandbox is gone with all that was in it, and the
 * runner builds the next one and says READY.  Whatever else it says, a step
 * that fails, or one that takes too long, destroys the container, with a
 * reason of its own.  Nothing here waits for anything but the loop: each step
 * is one call of the timer.
 */
#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/words.h"
#include "worker/worker.h"

/* Between two looks whether it is frozen; as a rule the first one sees it. */
#define FREEZE_LOOK_US 500

/* (!) Out of the list; the lease has been dealt with. */
static void
leave(struct run *r)
{
	TAILQ_REMOVE(&r->worker->recycling, r, link);
	r->worker->nrecycling--;
	run_forget(r);
}

static void
give_back(struct run *r, enum lease_verdict verdict, const char *details)
{
	run_return_lease(r->worker, r->id, &r->lease, verdict, details);
	r->leased = false;
	leave(r);
}

void
recycle_fail(struct run *r, enum lease_verdict verdict, const char *why)
{
	struct err e;

	log_debug("run=" RUN_ID_FORMAT " container=%u not recycled: %s: %s",
	    r->id, r->lease.container, lease_verdict_name(verdict), why);
	/* Whatever is still at work in it stops until it is removed. */
	(void)cgroup_begin_freeze(&r->lease.cgroup, &e);
	give_back(r, verdict, why);
}

void
recycle_begin(struct run *r)
{
	struct worker *w = r->worker;

	run_set_stage(r, STAGE_RECYCLING);
	TAILQ_INSERT_TAIL(&w->recycling, r, link);
	w->nrecycling++;
	stream_quieten(r);
	r->deadline_us = clock_us() +
	    w->child.settings.reuse_ready_ms * 1000ull;
	run_set_timer(r->timer, w->child.settings.reuse_ready_ms * 1000ull);
}

static int
on_dirty(struct run *r, struct msgbuf *body)
{
	char what[FRAME_WHY_MAX];

	msgbuf_get_str(body, what, sizeof what);
	if (!msgbuf_done(body))
		return -1;
	words_make_printable(what);
	recycle_fail(r, VERDICT_DIRTY, what);
	return 0;
}

int
recycle_on_frame(struct run *r, unsigned type, struct msgbuf *body)
{
	if (type == FRAME_DIRTY && !r->ready)
		return on_dirty(r, body);
	if (type != FRAME_READY || body->len != 0 || r->ready)
		return -1;
	r->ready = true;
	/* From the loop: what came behind READY is looked at first. */
	run_set_timer(r->timer, 0);
	return 0;
}

/* ---- the steps -------------------------------------------------------- */

static bool
is_silent(const struct run *r)
{
	char byte;
	ssize_t n = recv(r->lease.stream_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n < 0 && (errno == EAGAIN || errno == EINTR) &&
	    demux_is_empty(&r->demux) && frame_reader_is_empty(&r->reader);
}

/* The sandbox stands: the container gets its own limits, and freezes. */
static void
begin_freeze(struct run *r)
{
	const struct run_limits own = run_default_limits(
	    &r->worker->child.settings);
	struct err e;

	if (run_change_limits(r, &r->order.limits, &own, &e) < 0) {
		recycle_fail(r, VERDICT_NOT_RESTORED, e.text);
	} else if (cgroup_begin_freeze(&r->lease.cgroup, &e) < 0) {
		recycle_fail(r, VERDICT_NOT_FROZEN, e.text);
	} else {
		r->freezing = true;
		r->deadline_us = clock_us() +
		    r->worker->child.settings.reuse_ready_ms * 1000ull;
		recycle_on_timer(r);
	}
}

static void
look_whether_frozen(struct run *r)
{
	if (cgroup_is_frozen(&r->lease.cgroup)) {
		/* Since the run's end too, and by the smaller limit. */
		if (cgroup_oom_kills(&r->lease.cgroup) != r->oom_before)
			recycle_fail(r, VERDICT_OUT_OF_MEMORY,
			    "out of memory after the run");
		else if (!is_silent(r))
			recycle_fail(r, VERDICT_BROKEN,
			    "the runner said more than READY");
		else
			give_back(r, VERDICT_CLEAN, "");
	} else if (clock_us() >= r->deadline_us) {
		recycle_fail(r, VERDICT_NOT_FROZEN, "it does not freeze");
	} else {
		run_set_timer(r->timer, FREEZE_LOOK_US);
	}
}

void
recycle_on_timer(struct run *r)
{
	if (!r->ready)
		recycle_fail(r, VERDICT_NOT_READY,
		    "no next sandbox within reuse_ready_ms");
	else if (!r->freezing)
		begin_freeze(r);
	else
		look_whether_frozen(r);
}

/* ---- what others do --------------------------------------------------- */

static struct run *
find(const struct worker *w, uint64_t id)
{
	struct run *r;

	TAILQ_FOREACH(r, &w->recycling, link)
		if (r->id == id)
			return r;
	return NULL;
}

bool
recycle_has(const struct worker *w, uint64_t id)
{
	return find(w, id) != NULL;
}

/* (!) The pool has given it up: there is nobody to return it to. */
static void
drop(struct run *r)
{
	lease_close(&r->lease);
	r->leased = false;
	leave(r);
}

void
recycle_lost(struct worker *w, uint64_t id)
{
	struct run *r = find(w, id);

	if (r != NULL)
		drop(r);
}

void
recycle_pool_gone(struct worker *w)
{
	struct run *r;

	while ((r = TAILQ_FIRST(&w->recycling)) != NULL)
		drop(r);
}

void
recycle_stop(struct worker *w)
{
	struct run *r;

	while ((r = TAILQ_FIRST(&w->recycling)) != NULL)
		recycle_fail(r, VERDICT_STOPPING, "the service is stopping");
}
