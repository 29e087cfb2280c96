#define _GNU_SOURCE
#include "supervisor/processes.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "supervisor/child_log.h"
#include "supervisor/drain.h"
#include "supervisor/report.h"
#include "supervisor/spawn.h"

#define PINGS_UNANSWERED_MAX 3
#define FIRST_PAUSE_MS       100
/* A child that lived as long as this died of something else than its start. */
#define GOOD_LIFE_US (10u * 1000000u)

/* Who may talk to whom; the supervisor talks to all. */
static const struct {
	enum role a, b;
} links[] = {
	{ ROLE_WEB, ROLE_WORKER },
	{ ROLE_WEB, ROLE_POOL },
	{ ROLE_WORKER, ROLE_POOL },
};

const char *
process_state_name(enum process_state state)
{
	static const char *const names[] = {
		[PROCESS_DOWN] = "down",
		[PROCESS_STARTING] = "starting",
		[PROCESS_READY] = "ready",
	};

	return names[state];
}

/* ---- what children say ------------------------------------------------ */

static void
say_when_all_ready(struct supervisor *sv)
{
	if (!sv->filled || sv->said_ready || sv->draining)
		return;
	for (size_t i = 0; i < sv->n; i++)
		if (sv->process[i].state != PROCESS_READY)
			return;
	log_info("ready url=%s after_ms=%llu", sv->url,
	    (unsigned long long)((clock_us() - sv->started_us) / 1000));
	report_ready(sv);
	sv->said_ready = true;
}

static int
on_ready(void *arg, struct message *m)
{
	struct process *p = arg;

	(void)m;
	if (p->state != PROCESS_STARTING)
		return -1;
	p->state = PROCESS_READY;
	event_del(p->deadline);
	log_debug("role=%s index=%u pid=%d ready after_ms=%llu",
	    role_name(p->role), p->index, (int)p->pid,
	    (unsigned long long)((clock_us() - p->started_us) / 1000));
	say_when_all_ready(p->sv);
	return 0;
}

static int
on_filled(void *arg, struct message *m)
{
	struct process *p = arg;

	(void)m;
	if (p->role != ROLE_POOL)
		return -1;
	p->sv->filled = true;
	say_when_all_ready(p->sv);
	return 0;
}

static int
on_pong(void *arg, struct message *m)
{
	struct process *p = arg;

	(void)m;
	p->unanswered = 0;
	return 0;
}

static int
on_drained(void *arg, struct message *m)
{
	struct process *p = arg;

	(void)m;
	if (!p->sv->draining)
		return -1;
	p->drained = true;
	drain_continue(p->sv);
	return 0;
}

static int
on_stats_ask(void *arg, struct message *m)
{
	struct process *p = arg;

	report_send_stats(p->sv, p->control, m->id);
	return 0;
}

static void
on_control_closed(void *arg, const char *why)
{
	struct process *p = arg;

	p->control = NULL;
	/* Dead or dying, as a rule; SIGCHLD tells.  If not, it is now. */
	if (p->state != PROCESS_DOWN && !p->drained) {
		log_debug("role=%s index=%u control channel: %s",
		    role_name(p->role), p->index, why);
		kill(p->pid, SIGKILL);
	}
}

static const struct channel_rule from_child[] = {
	{ MSG_READY, on_ready },
	{ MSG_FILLED, on_filled },
	{ MSG_PONG, on_pong },
	{ MSG_DRAINED, on_drained },
	{ MSG_STATS_ASK, on_stats_ask },
};

static const struct channel_rules child_rules = {
	.rules = from_child,
	.nrules = nitems(from_child),
	.closed = on_control_closed,
};

/* ---- start ------------------------------------------------------------ */

static void
send_config(struct process *p)
{
	struct supervisor *sv = p->sv;
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_CONFIG)->max);
	msgbuf_put_str(&m, sv->settings_text);
	msgbuf_put_str(&m, sv->languages.json);
	msgbuf_put_u16(&m, (uint16_t)p->index);
	channel_send(p->control, MSG_CONFIG, 0, &m);
	msgbuf_fini(&m);
	if (p->role == ROLE_WEB)
		channel_send_fds(
		    p->control, MSG_LISTEN, 0, NULL, &sv->listen_fd, 1);
}

static void
introduce(struct process *to, const struct process *other, int fd)
{
	struct msgbuf m;

	msgbuf_init(&m, msg_info(MSG_PEER)->max);
	msgbuf_put_u8(&m, (uint8_t)other->role);
	msgbuf_put_u16(&m, (uint16_t)other->index);
	channel_send_fds(to->control, MSG_PEER, 0, &m, &fd, 1);
	msgbuf_fini(&m);
}

static void
link_pair(struct process *a, struct process *b)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		/* Started again, it is linked again. */
		log_error("no channel between %s and %s: %s",
		    role_name(a->role), role_name(b->role), strerror(errno));
		process_kill(a, "it has no channel");
		return;
	}
	introduce(a, b, pair[0]);
	introduce(b, a, pair[1]);
	close(pair[0]);
	close(pair[1]);
}

static bool
may_talk(enum role a, enum role b)
{
	for (size_t i = 0; i < nitems(links); i++)
		if ((links[i].a == a && links[i].b == b) ||
		    (links[i].a == b && links[i].b == a))
			return true;
	return false;
}

static void
link_all(struct process *p)
{
	struct supervisor *sv = p->sv;

	for (size_t i = 0; i < sv->n; i++) {
		struct process *other = &sv->process[i];

		if (other != p && other->control != NULL &&
		    may_talk(p->role, other->role))
			link_pair(p, other);
	}
}

static void
start_later(struct process *p)
{
	struct timeval tv = clock_timeval_us(p->pause_ms * 1000ull);

	event_add(p->deadline, &tv);
	p->pause_ms = p->pause_ms == 0 ? FIRST_PAUSE_MS : p->pause_ms * 2;
	if (p->pause_ms > p->sv->settings.restart_max_ms)
		p->pause_ms = p->sv->settings.restart_max_ms;
}

void
process_start(struct process *p)
{
	struct supervisor *sv = p->sv;
	struct timeval tv = clock_timeval_us(sv->settings.ready_ms * 1000ull);
	struct spawned child;
	struct err e = { 0 };

	p->drained = false;
	p->unanswered = 0;
	p->started_us = clock_us();
	if (spawn_child(sv->program_fd, p->role, &child, &e) < 0) {
		log_error("role=%s index=%u cannot be started: %s",
		    role_name(p->role), p->index, e.text);
		start_later(p);
		return;
	}
	p->pid = child.pid;
	p->state = PROCESS_STARTING;
	p->log = child_log_open(
	    sv->base, child.log_fd, role_name(p->role), p->index);
	p->control = channel_open(
	    sv->base, child.control_fd, role_name(p->role), &child_rules, p);
	if (p->log == NULL || p->control == NULL) {
		process_kill(p, "no memory to supervise it");
		return;
	}
	event_add(p->deadline, &tv);
	send_config(p);
	link_all(p);
	if (sv->draining)
		drain_continue(sv);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct process *p = arg;

	(void)fd, (void)what;
	if (p->state == PROCESS_DOWN)
		process_start(p);
	else
		process_kill(p, "not ready in time (setting ready_ms)");
}

void
processes_plan(struct supervisor *sv)
{
	size_t nworkers = sv->settings.workers;

	if (nworkers == 0) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		nworkers = cores < 1    ? 1 :
		    cores > WORKERS_MAX ? WORKERS_MAX :
					  (size_t)cores;
	}
	sv->n = nworkers + 2;
	for (size_t i = 0; i < sv->n; i++) {
		struct process *p = &sv->process[i];

		p->sv = sv;
		p->role = i == 0  ? ROLE_POOL :
		    i <= nworkers ? ROLE_WORKER :
				    ROLE_WEB;
		p->index = p->role == ROLE_WORKER ? (unsigned)i - 1 : 0;
		p->deadline = event_new(sv->base, -1, 0, on_deadline, p);
	}
}

/* ---- end -------------------------------------------------------------- */

void
process_kill(struct process *p, const char *why)
{
	log_warn("role=%s index=%u pid=%d killed: %s", role_name(p->role),
	    p->index, (int)p->pid, why);
	kill(p->pid, SIGKILL);
}

static void
obituary(struct process *p, int status)
{
	if (WIFSIGNALED(status))
		snprintf(p->last_death, sizeof p->last_death, "signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(p->last_death, sizeof p->last_death, "exit code %d",
		    WEXITSTATUS(status));
	if (p->drained && status == 0)
		log_debug("role=%s index=%u pid=%d ended", role_name(p->role),
		    p->index, (int)p->pid);
	else
		log_warn("role=%s index=%u pid=%d died: %s after_s=%llu",
		    role_name(p->role), p->index, (int)p->pid, p->last_death,
		    (unsigned long long)((clock_us() - p->started_us) /
			1000000));
}

static void
on_death(struct process *p, int status)
{
	obituary(p, status);
	child_log_close(p->log);
	p->log = NULL;
	channel_close(p->control);
	p->control = NULL;
	event_del(p->deadline);
	p->state = PROCESS_DOWN;
	p->pid = 0;
	if (p->sv->draining) {
		drain_on_death(p);
		return;
	}
	p->restarts++;
	if (clock_us() - p->started_us > GOOD_LIFE_US)
		p->pause_ms = 0;
	start_later(p);
}

void
processes_reap(struct supervisor *sv)
{
	for (size_t i = 0; i < sv->n; i++) {
		struct process *p = &sv->process[i];
		int status;

		if (p->pid > 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
			on_death(p, status);
	}
}

void
processes_ping(struct supervisor *sv)
{
	for (size_t i = 0; i < sv->n; i++) {
		struct process *p = &sv->process[i];

		if (p->state != PROCESS_READY)
			continue;
		if (p->unanswered >= PINGS_UNANSWERED_MAX) {
			process_kill(p, "left its pings unanswered");
			continue;
		}
		p->unanswered++;
		channel_send(p->control, MSG_PING, 0, NULL);
	}
}
