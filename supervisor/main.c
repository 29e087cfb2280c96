/*
 * supervisor/main.c -- where every process of the service begins.
 *
 * `safe-code-executor` is the supervisor: it reads the settings, opens the
 * listening socket, starts the pool, the workers and web, and from then on
 * only watches: it parses no byte from outside.  `--role=NAME` is one of its
 * children.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/rights.h"
#include "common/version.h"
#include "seccomp/explain.h"
#include "supervisor/drain.h"
#include "supervisor/listen.h"
#include "supervisor/options.h"
#include "supervisor/processes.h"
#include "supervisor/selftest.h"

#define EXIT_USAGE 2

/* Each container has a user id of its own, so there must be enough. */
static int
check_uids(const struct supervisor *sv, struct err *e)
{
	uint64_t total = 0;

	for (size_t i = 0; i < sv->languages.n; i++)
		total += setting_for(
		    &sv->settings.pool_total, sv->languages.all[i].name);
	if (total > sv->settings.uid_count)
		return err_set(e, ERR_INVALID,
		    "uid_count is %u, and pool_total of all languages "
		    "together %llu: expected a user id for each container",
		    sv->settings.uid_count, (unsigned long long)total);
	return 0;
}

static int
read_languages(struct supervisor *sv, struct err *e)
{
	const struct settings *s = &sv->settings;

	if (languages_load(&sv->languages, s->languages_dir, s->languages, e) <
	    0)
		return -1;
	return check_uids(sv, e);
}

static void
on_stop_signal(evutil_socket_t signal, short what, void *arg)
{
	(void)what;
	drain_signal(arg, (int)signal);
}

static void
on_sigchld(evutil_socket_t signal, short what, void *arg)
{
	(void)signal, (void)what;
	processes_reap(arg);
}

static void
on_ping_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	processes_ping(arg);
}

static int
add_event(struct event_base *base, int fd, short what,
    event_callback_fn callback, void *arg, const struct timeval *tv)
{
	struct event *ev = event_new(
	    base, fd, what | EV_PERSIST, callback, arg);

	return ev == NULL ? -1 : event_add(ev, tv);
}

/*
 * The pool holds some ten descriptors for each container, web one for each
 * connection: more than the usual soft limit of 1024.  Children inherit this.
 */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int
watch(struct supervisor *sv, struct err *e)
{
	struct timeval ping = clock_timeval_us(sv->settings.ping_ms * 1000ull);

	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	if (add_event(sv->base, SIGTERM, EV_SIGNAL, on_stop_signal, sv, NULL) <
		0 ||
	    add_event(sv->base, SIGINT, EV_SIGNAL, on_stop_signal, sv, NULL) <
		0 ||
	    add_event(sv->base, SIGHUP, EV_SIGNAL, on_stop_signal, sv, NULL) <
		0 ||
	    add_event(sv->base, SIGCHLD, EV_SIGNAL, on_sigchld, sv, NULL) < 0 ||
	    add_event(sv->base, -1, 0, on_ping_time, sv, &ping) < 0)
		return err_set(e, ERR_MEMORY, "no event loop");
	return 0;
}

/* Everything that can be wrong is found here, before anything is started. */
static int
prepare(struct supervisor *sv, struct err *e)
{
	struct settings *s = &sv->settings;

	sv->started_us = clock_us();
	raise_descriptor_limit();
	sv->base = event_base_new();
	sv->settings_text = settings_to_text(s);
	if (sv->base == NULL || sv->settings_text == NULL)
		return err_set(e, ERR_MEMORY, "out of memory");
	if (read_languages(sv, e) < 0)
		return -1;
	sv->program_fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	if (sv->program_fd < 0)
		return err_errno(e, "/proc/self/exe");
	sv->listen_fd = listen_open(s, sv->url, sizeof sv->url, e);
	return sv->listen_fd < 0 ? -1 : watch(sv, e);
}

static int
serve(struct supervisor *sv)
{
	struct err e;

	log_init("supervisor", (enum log_level)sv->settings.log_level);
	if (prepare(sv, &e) < 0) {
		log_error("cannot start: %s", e.text);
		return 1;
	}
	log_info("pid=%d instance=%s url=%s starting", (int)getpid(),
	    sv->settings.instance, sv->url);
	rights_warn();
	processes_plan(sv);
	for (size_t i = 0; i < sv->n; i++)
		process_start(&sv->process[i]);
	event_base_dispatch(sv->base);
	log_info("stopped");
	return sv->forced ? 1 : 0;
}

static int
check_config(struct supervisor *sv)
{
	struct err e;

	if (read_languages(sv, &e) < 0) {
		fprintf(stderr, "safe-code-executor: %s\n", e.text);
		return 1;
	}
	printf("settings are correct; %u languages\n", sv->languages.n);
	return 0;
}

static int
run_child(enum role role)
{
	switch (role) {
	case ROLE_WEB:
		return web_main();
	case ROLE_WORKER:
		return worker_main();
	case ROLE_POOL:
		return pool_main();
	case ROLE_SUPERVISOR:
	case ROLE_NROLES:
		break;
	}
	return EXIT_USAGE;
}

static void
print_help(void)
{
	puts("Usage: safe-code-executor [--config FILE] [--SETTING=VALUE]...\n"
	     "Runs programs of strangers in prewarmed containers; see "
	     "README.md.\n\n"
	     "  --config=FILE             settings, name = value "
	     "(or SCE_CONFIG)\n"
	     "  --self-test[=ADDRESS]     attack the running service, and say "
	     "what held;\n"
	     "                            ADDRESS: as in the setting listen\n"
	     "  --check-config            say whether all settings are "
	     "correct\n"
	     "  --print-settings=sample   a settings file with every default\n"
	     "  --print-settings=markdown the tables of docs/settings.md\n"
	     "  --explain-seccomp [ROLE]  every system call that is allowed, "
	     "and why\n"
	     "  --version, --help\n\n"
	     "Settings, each also SCE_<NAME> in the environment:");
	settings_print_help(stdout);
}

static int
act(const struct options *o, struct supervisor *sv)
{
	switch (o->action) {
	case ACTION_SERVE:
		return serve(sv);
	case ACTION_CHILD:
		return run_child(o->role);
	case ACTION_SELF_TEST:
		return selftest_main(&sv->settings);
	case ACTION_CHECK_CONFIG:
		return check_config(sv);
	case ACTION_HELP:
		print_help();
		return 0;
	case ACTION_VERSION:
		puts("safe-code-executor " PROGRAM_VERSION);
		return 0;
	case ACTION_PRINT_SAMPLE:
		settings_print_sample(stdout);
		return 0;
	case ACTION_PRINT_MARKDOWN:
		settings_print_markdown(stdout);
		return 0;
	case ACTION_EXPLAIN_SECCOMP:
		seccomp_explain(stdout, o->seccomp_role);
		return 0;
	}
	return EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	auto_free struct supervisor *sv = calloc(1, sizeof *sv);
	struct options o;
	struct err e;

	if (sv == NULL || options_read(argc, argv, &sv->settings, &o, &e) < 0) {
		fprintf(stderr, "safe-code-executor: %s\n",
		    sv ? e.text : "out of memory");
		return EXIT_USAGE;
	}
	return act(&o, sv);
}
