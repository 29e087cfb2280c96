#include "supervisor/drain.h"

#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "supervisor/processes.h"

/* After drain_ms: what removing some hundred containers may take. */
#define REMOVAL_MS       20000u
#define POOL_RESCUES_MAX 3

/* Each stage begins when those of the stage before have ended. */
static const enum role stages[] = { ROLE_WEB, ROLE_WORKER, ROLE_POOL };

static void
send_drain(struct process *p, uint32_t grace_ms)
{
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_DRAIN)->max);
	msgbuf_put_u32(&m, grace_ms);
	channel_send(p->control, MSG_DRAIN, 0, &m);
	msgbuf_fini(&m);
}

static void
send_drain_to(struct supervisor *sv, enum role role, uint32_t grace_ms)
{
	for (size_t i = 0; i < sv->n; i++)
		if (sv->process[i].role == role)
			send_drain(&sv->process[i], grace_ms);
}

static bool
has_ended(const struct supervisor *sv, enum role role)
{
	for (size_t i = 0; i < sv->n; i++)
		if (sv->process[i].role == role &&
		    sv->process[i].state != PROCESS_DOWN)
			return false;
	return true;
}

/* A child ends when its control channel closes. */
static void
end_drained(struct supervisor *sv, enum role role)
{
	for (size_t i = 0; i < sv->n; i++) {
		struct process *p = &sv->process[i];

		if (p->role == role && p->drained) {
			channel_close(p->control);
			p->control = NULL;
		}
	}
}

void
drain_continue(struct supervisor *sv)
{
	while (sv->stage < (int)nitems(stages)) {
		end_drained(sv, stages[sv->stage]);
		if (!has_ended(sv, stages[sv->stage]))
			return;
		sv->stage++;
		if (sv->stage < (int)nitems(stages))
			send_drain_to(sv, stages[sv->stage], 0);
	}
	event_base_loopbreak(sv->base);
}

static void
kill_all(struct supervisor *sv, const char *why)
{
	sv->stage = nitems(stages); /* nothing is started again */
	sv->forced = true;
	for (size_t i = 0; i < sv->n; i++)
		if (sv->process[i].pid > 0)
			process_kill(&sv->process[i], why);
	log_warn("containers may be left; the next start removes them");
	event_base_loopbreak(sv->base);
}

static void
on_too_long(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	kill_all(arg, "it did not stop in time");
}

/* A pool that is down would leave its containers: start it to remove them. */
static bool
rescue_pool(struct supervisor *sv)
{
	for (size_t i = 0; i < sv->n; i++) {
		struct process *p = &sv->process[i];

		if (p->role != ROLE_POOL || p->state != PROCESS_DOWN ||
		    p->drained || sv->pool_rescues >= POOL_RESCUES_MAX)
			continue;
		sv->pool_rescues++;
		process_start(p);
		event_del(p->deadline);
		if (p->state == PROCESS_DOWN)
			continue;
		send_drain(p, 0);
		return true;
	}
	return false;
}

static void
drain_begin(struct supervisor *sv, int signal)
{
	struct timeval tv = clock_timeval_us(
	    (uint64_t)(sv->settings.drain_ms + REMOVAL_MS) * 1000);

	log_info("stopping on %s: running programs have drain_ms=%u",
	    strsignal(signal), sv->settings.drain_ms);
	sv->draining = true;
	sv->stage = 0;
	/* Clients that come now are refused, instead of waiting in vain. */
	close(sv->listen_fd);
	sv->listen_fd = -1;
	for (size_t i = 0; i < sv->n; i++)
		if (sv->process[i].state == PROCESS_DOWN)
			event_del(sv->process[i].deadline);
	rescue_pool(sv);
	sv->drain_timer = event_new(sv->base, -1, 0, on_too_long, sv);
	event_add(sv->drain_timer, &tv);
	send_drain_to(sv, ROLE_POOL, sv->settings.drain_ms);
	send_drain_to(sv, ROLE_WEB, sv->settings.drain_ms);
	drain_continue(sv);
}

void
drain_signal(struct supervisor *sv, int signal)
{
	sv->stop_signals++;
	if (sv->stop_signals == 1) {
		drain_begin(sv, signal);
	} else if (sv->stop_signals == 2) {
		log_info("stopping at once on a second signal");
		for (size_t i = 0; i < nitems(stages); i++)
			send_drain_to(sv, stages[i], 0);
	} else {
		kill_all(sv, "third signal");
	}
}

void
drain_on_death(struct process *p)
{
	struct supervisor *sv = p->sv;

	if (p->role != ROLE_POOL || sv->stage >= (int)nitems(stages) ||
	    !rescue_pool(sv))
		drain_continue(sv);
}
