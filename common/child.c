#define _GNU_SOURCE
#include "common/child.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/stats.h"

static int
take_config(struct child *child, struct message *m, struct err *e)
{
	size_t text_len, json_len;
	const char *text = msgbuf_get_block(&m->body, &text_len);
	const char *json = msgbuf_get_block(&m->body, &json_len);
	auto_free char *copy = NULL;

	child->index = msgbuf_get_u16(&m->body);
	if (!msgbuf_done(&m->body))
		return err_set(e, ERR_INVALID, "malformed CONFIG");
	copy = strndup(text, text_len);
	if (copy == NULL)
		return err_errno(e, "settings");
	if (settings_from_text(&child->settings, copy, e) < 0)
		return -1;
	return languages_from_json(&child->languages, json, json_len, e);
}

/* From here on no file can be opened: what libraries read, they read now. */
static int
give_up(struct child *child, struct err *e)
{
	json_object_seed(0); /* random: keys cannot be chosen to collide */
	return rights_drop(child->role, &child->settings, &child->rights, e);
}

static int
on_config(void *arg, struct message *m)
{
	struct child *child = arg;
	struct err e = { 0 };

	if (child->configured)
		return -1;
	child->configured = true;
	if (take_config(child, m, &e) < 0 ||
	    child->ops->start(child->arg, &e) < 0 || give_up(child, &e) < 0) {
		log_error("cannot start: %s", e.text);
		child->exit_code = 1;
		return -1; /* ends the channel, and with it the loop */
	}
	log_set_level((enum log_level)child->settings.log_level);
	channel_send(child->control, MSG_READY, 0, NULL);
	return 0;
}

static int
on_peer(void *arg, struct message *m)
{
	struct child *child = arg;
	enum role role = msgbuf_get_u8(&m->body);
	unsigned index = msgbuf_get_u16(&m->body);

	if (!child->configured || !msgbuf_done(&m->body) || role >= ROLE_NROLES)
		return -1;
	child->ops->peer(child->arg, role, index, steal_fd(&m->fds[0]));
	event_del(child->lonely);
	return 0;
}

static int
on_listen(void *arg, struct message *m)
{
	struct child *child = arg;

	if (!child->configured || child->ops->listen == NULL)
		return -1;
	child->ops->listen(child->arg, steal_fd(&m->fds[0]));
	return 0;
}

static int
on_stats(void *arg, struct message *m)
{
	struct child *child = arg;

	if (child->ops->supervisor_stats == NULL)
		return -1;
	return child->ops->supervisor_stats(child->arg, m);
}

static int
on_ping(void *arg, struct message *m)
{
	struct child *child = arg;

	channel_send(child->control, MSG_PONG, m->id, NULL);
	return 0;
}

static int
on_drain(void *arg, struct message *m)
{
	struct child *child = arg;
	uint32_t grace_ms = msgbuf_get_u32(&m->body);

	if (!child->configured || !msgbuf_done(&m->body))
		return -1;
	child->ops->drain(child->arg, grace_ms);
	return 0;
}

static const struct channel_rule from_supervisor[] = {
	{ MSG_CONFIG, on_config },
	{ MSG_PEER, on_peer },
	{ MSG_LISTEN, on_listen },
	{ MSG_STATS, on_stats },
	{ MSG_PING, on_ping },
	{ MSG_DRAIN, on_drain },
};

static void
on_supervisor_gone(void *arg, const char *why)
{
	struct child *child = arg;

	(void)why; /* nobody is left to read a log line */
	child->control = NULL;
	event_base_loopbreak(child->base);
}

static const struct channel_rules supervisor_rules = {
	.rules = from_supervisor,
	.nrules = nitems(from_supervisor),
	.closed = on_supervisor_gone,
};

/* Ctrl-C in a terminal goes to the whole group; only the supervisor acts. */
static void
set_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < nitems(ignored); i++)
		sigaction(ignored[i],
		    &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
}

static void
on_lonely(evutil_socket_t fd, short what, void *arg)
{
	struct child *child = arg;

	(void)fd, (void)what;
	log_error("a channel ended and was not made anew");
	child->exit_code = 1;
	event_base_loopbreak(child->base);
}

/*
 * Timers count from now, not from when the loop woke up: a limit that is
 * reached before its time would be a lie.
 */
static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL) {
		event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	return base;
}

int
child_main(
    struct child *child, enum role role, const struct child_ops *ops, void *arg)
{
	log_init(role_name(role), LOG_LEVEL_INFO);
	set_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	*child = (struct child){
		.role = role,
		.ops = ops,
		.arg = arg,
		.started_us = clock_us(),
	};
	child->base = new_base();
	if (child->base != NULL)
		child->control = channel_open(child->base, CHILD_CONTROL_FD,
		    "supervisor", &supervisor_rules, child);
	if (child->control != NULL)
		child->lonely = event_new(child->base, -1, 0, on_lonely, child);
	if (child->lonely == NULL) {
		log_error("cannot start: no event loop or control channel");
		return 1;
	}
	event_base_dispatch(child->base);
	/* No tidying: the address space goes with the process. */
	return child->exit_code;
}

void
child_peer_lost(struct child *child)
{
	struct timeval tv = clock_timeval_us(1000ull *
	    (child->settings.restart_max_ms + child->settings.ready_ms));

	event_add(child->lonely, &tv);
}

void
child_drained(struct child *child)
{
	channel_send(child->control, MSG_DRAINED, 0, NULL);
}

void
child_send_stats(struct child *child, struct channel *to, uint64_t id)
{
	json_t *stats = child->ops->stats(child->arg);

	json_object_set_new(stats, "rights", rights_json(&child->rights));
	json_object_set_new(stats, "pid", json_integer(getpid()));
	json_object_set_new(stats, "uptime_s",
	    json_integer(
		(json_int_t)((clock_us() - child->started_us) / 1000000)));
	stats_send(to, id, stats);
}
