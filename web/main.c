#include <event2/event.h>
#include <stdint.h>
#include <sys/resource.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/messages.h"
#include "web/admin.h"
#include "web/peers.h"
#include "web/router.h"
#include "web/runs.h"
#include "web/selftest.h"
#include "web/web.h"

/* Channels, the event loop, refused connections. */
#define FDS_BESIDE 256
#define WRITE_MS   30000
/* A client that reads more slowly is not waited for. */
#define WRITE_BYTES_S (64 * KIB)
#define LINGER_MS     2000
/* For answers to reach their clients, when no time is left for programs. */
#define FLUSH_MS 1000

static void on_grace_over(evutil_socket_t fd, short what, void *arg);

/* The limit is the supervisor's, which has raised it as far as it may. */
static void
check_descriptors(uint32_t connections)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < (rlim_t)connections + FDS_BESIDE)
		log_warn("http_connections=%u is more than the limit of %ju "
			 "open files allows",
		    connections, (uintmax_t)limit.rlim_cur);
}

static int
start(void *arg, struct err *e)
{
	struct web *web = arg;
	const struct settings *s = &web->child.settings;
	const struct http_limits limits = {
		.connections = s->http_connections,
		.header_bytes = (size_t)s->http_header_kb * KIB,
		.body_bytes = (size_t)s->http_body_kb * KIB,
		.buffer_bytes = (size_t)s->http_buffer_mb * MIB,
		.read_ms = s->http_read_ms,
		.idle_ms = s->http_idle_ms,
		.write_ms = WRITE_MS,
		.write_bytes_s = WRITE_BYTES_S,
		.linger_ms = LINGER_MS,
	};

	check_descriptors(s->http_connections);
	peers_init(web);
	web->runs = runs_new(web);
	web->admin = admin_new(web);
	web->selftest = selftest_new(web);
	web->http = http_server_new(
	    web->child.base, &limits, router_handle, web);
	web->grace = event_new(web->child.base, -1, 0, on_grace_over, web);
	if (web->runs == NULL || web->admin == NULL || web->selftest == NULL ||
	    web->http == NULL || web->grace == NULL)
		return err_set(e, ERR_MEMORY, "web: out of memory");
	return 0;
}

static void
peer(void *arg, enum role role, unsigned index, int fd)
{
	peers_add(arg, role, index, fd);
}

static void
take_listener(void *arg, int fd)
{
	struct web *web = arg;
	struct err e;

	if (http_server_listen(web->http, fd, &e) < 0)
		log_error("%s", e.text);
}

/* ---- ending ----------------------------------------------------------- */

static void
on_empty(void *arg)
{
	struct web *web = arg;

	event_del(web->grace);
	child_drained(&web->child);
}

/* Runs are answered; clients that do not take their answers are left. */
static void
stop_now(struct web *web, uint32_t flush_ms)
{
	struct timeval tv = clock_timeval_us((uint64_t)flush_ms * 1000);

	runs_stop_all(web);
	http_server_drop_readers(web->http);
	event_add(web->grace, &tv);
}

static void
on_grace_over(evutil_socket_t fd, short what, void *arg)
{
	struct web *web = arg;

	(void)fd, (void)what;
	if (runs_in_flight(web->runs) > 0)
		stop_now(web, FLUSH_MS);
	else
		on_empty(web);
}

static void
drain(void *arg, uint32_t grace_ms)
{
	struct web *web = arg;
	struct timeval tv = clock_timeval_us((uint64_t)grace_ms * 1000);

	if (web->draining) {
		stop_now(web, 0);
		return;
	}
	web->draining = true;
	selftest_abort(web->selftest, "the service is stopping");
	http_server_drain(web->http);
	http_server_on_empty(web->http, on_empty);
	event_add(web->grace, &tv);
}

static json_t *
stats(void *arg)
{
	struct web *web = arg;

	return json_pack(
	    "{s:I}", "runs_in_flight", (json_int_t)runs_in_flight(web->runs));
}

static int
supervisor_stats(void *arg, struct message *m)
{
	return admin_on_stats(arg, ROLE_SUPERVISOR, 0, m);
}

static const struct child_ops ops = {
	.start = start,
	.peer = peer,
	.listen = take_listener,
	.drain = drain,
	.stats = stats,
	.supervisor_stats = supervisor_stats,
};

int
web_main(void)
{
	static struct web web;

	return child_main(&web.child, ROLE_WEB, &ops, &web);
}
