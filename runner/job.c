#define _GNU_SOURCE
#include "runner/job.h"

#include <assert.h>
#include <malloc.h>
#include <string.h>
#include <sys/wait.h>

#include "common/auto.h"
#include "common/clock.h"
#include "runner/program.h"
#include "runner/self.h"

static const bool may_become[JOB_NSTATES][JOB_NSTATES] = {
	[JOB_BUILDING] = { [JOB_READY] = true },
	[JOB_READY] = { [JOB_RUNNING] = true, [JOB_CLEARING] = true },
	[JOB_RUNNING] = { [JOB_DRAINING] = true, [JOB_CLEARING] = true },
	[JOB_DRAINING] = { [JOB_CLEARING] = true },
	[JOB_CLEARING] = { [JOB_BUILDING] = true, [JOB_DONE] = true },
};

static void
set_state(struct job *j, enum job_state to)
{
	assert(may_become[j->state][to]);
	j->state = to;
}

/* ---- the sandbox ------------------------------------------------------ */

/* The feed and the output own our ends of the pipes from here on. */
static int
watch_sandbox(struct job *j, struct err *e)
{
	const struct {
		int fd;
		enum watch_source source;
		uint32_t events;
	} sources[] = {
		{ j->sandbox.words_fd, WATCH_KEEPER, EPOLLIN | EPOLLET },
		{ j->sandbox.runner_fds[0], WATCH_FEED, EPOLLOUT | EPOLLET },
		{ j->sandbox.runner_fds[1], WATCH_STDOUT, EPOLLIN | EPOLLET },
		{ j->sandbox.runner_fds[2], WATCH_STDERR, EPOLLIN | EPOLLET },
	};
	int *fds = j->sandbox.runner_fds;

	for (size_t i = 0; i < nitems(sources); i++)
		if (watch_add(j->epoll_fd, sources[i].fd, sources[i].events,
			sources[i].source, e) < 0)
			return -1;
	feed_init(&j->feed, steal_fd(&fds[0]));
	output_init(&j->output, fds[1], fds[2]);
	fds[1] = fds[2] = -1;
	return 0;
}

static int
build(struct job *j, struct err *e)
{
	j->ending = j->undelivered = false;
	j->words = j->deaths = false;
	feed_init(&j->feed, -1);
	output_init(&j->output, -1, -1);
	if (sandbox_prepare(
		&j->sandbox, j->walled ? &j->wall : NULL, &j->filter, e) < 0)
		return -1;
	return watch_sandbox(j, e);
}

static void
clear(struct job *j)
{
	if (sandbox_empty(&j->sandbox) < 0)
		err_set(&j->err, ERR_SYSTEM,
		    "some process of the program does not die");
	feed_fini(&j->feed);
	output_fini(&j->output);
	sandbox_fini(&j->sandbox);
}

/*
 * Only a host that says no, and the first time, has no walls.  Whatever else
 * goes wrong may go right in another container, so it is the end of this one.
 */
static void
on_broken(struct job *j, const struct err *why)
{
	struct hello_frame hello = { .version = FRAMES_VERSION };

	if (j->greeted || why->code != ERR_FORBIDDEN) {
		j->err = *why;
		return;
	}
	static_assert(sizeof hello.why_not == sizeof why->text, "an err");
	memcpy(hello.why_not, why->text, sizeof hello.why_not);
	clear(j);
	j->walled = false;
	j->greeted = true;
	host_say_hello(j->host, &hello);
	if (j->err.code == ERR_NONE)
		(void)build(j, &j->err);
}

static void
build_next(struct job *j)
{
	struct err e;

	if (build(j, &e) < 0)
		on_broken(j, &e);
}

int
job_open(struct job *j, int epoll_fd, struct host *host,
    const struct wall *wall, struct err *e)
{
	*j = (struct job){
		.host = host,
		.epoll_fd = epoll_fd,
		.wall = *wall,
		.walled = true,
	};
	if (seccomp_filter_make(SECCOMP_PROGRAM, &j->filter, e) < 0)
		return -1;
	malloc_trim(0); /* making the filter took some; every container pays */
	net_init(&j->net);
	j->wall.ipv6_off = j->net.ipv6_off;
	build_next(j);
	if (j->err.code != ERR_NONE)
		*e = j->err;
	return j->err.code == ERR_NONE ? 0 : -1;
}

static void
be_ready(struct job *j)
{
	const struct hello_frame hello = {
		.version = FRAMES_VERSION,
		.walled = true,
	};

	if (!j->greeted)
		host_say_hello(j->host, &hello);
	j->greeted = true;
	host_say_ready(j->host);
	set_state(j, JOB_READY);
}

/* ---- how it can end --------------------------------------------------- */

static void
fail(struct job *j, const struct err *e)
{
	host_say_fail(j->host, e);
	set_state(j, JOB_CLEARING);
}

/* The first cause is the one that is told. */
static void
ask_end(struct job *j, enum exit_cause cause)
{
	if (j->state != JOB_RUNNING || j->ending)
		return;
	j->ending = true;
	j->cause = cause;
	j->wall_us = clock_us() - j->sandbox.started_us;
}

/* ---- what happens ----------------------------------------------------- */

void
job_on_event(struct job *j, enum watch_source source)
{
	if (source == WATCH_CHILDREN)
		j->deaths = true;
	else if (source == WATCH_KEEPER)
		j->words = true;
	else if (source == WATCH_FEED)
		feed_go_on(&j->feed);
	else if (source == WATCH_STDOUT)
		output_ready(&j->output, 0);
	else if (source == WATCH_STDERR)
		output_ready(&j->output, 1);
}

/* It is over, and the keeper says so or is dead itself. */
static void
on_end(struct job *j, enum exit_cause cause)
{
	struct err e;

	err_set(&e, ERR_SYSTEM, "the sandbox died before its program began");
	if (j->state == JOB_BUILDING || j->state == JOB_READY)
		on_broken(j, &e);
	else if (j->state == JOB_RUNNING && j->undelivered)
		fail(j, &e);
	else
		ask_end(j, cause);
}

static void
on_word(struct job *j, const struct keeper_word *word)
{
	switch (word->says) {
	case KEEPER_BUILT:
		if (j->state == JOB_BUILDING)
			be_ready(j);
		break;
	case KEEPER_BROKEN:
		if (j->state == JOB_BUILDING)
			on_broken(j, &word->err);
		break;
	case KEEPER_FAILED:
		if (j->state == JOB_RUNNING)
			fail(j, &word->err);
		break;
	case KEEPER_ENDED:
		on_end(j, EXIT_BY_ITSELF);
		break;
	}
}

static void
hear_keeper(struct job *j)
{
	struct keeper_word word;

	j->words = false;
	while (sandbox_hear(&j->sandbox, &word))
		on_word(j, &word);
}

/* ---- what the host says ------------------------------------------------ */

static int
give_program(struct job *j, struct msgbuf *body, struct err *e)
{
	struct program p;
	int given;

	if (program_parse(body, &p, e) < 0)
		return -1;
	output_set_limit(&j->output, p.limits.output_bytes);
	given = feed_load(&j->feed, p.input, p.input_size, e);
	if (given == 0)
		j->undelivered = !sandbox_start(&j->sandbox, &p);
	program_fini(&p);
	return given;
}

void
job_load(struct job *j, struct msgbuf *body)
{
	struct err e;

	/* It may have died a moment ago; then this is the end. */
	hear_keeper(j);
	if (j->state != JOB_READY || j->err.code != ERR_NONE)
		return;
	if (give_program(j, body, &e) < 0)
		fail(j, &e);
	else
		set_state(j, JOB_RUNNING);
}

void
job_kill(struct job *j)
{
	ask_end(j, EXIT_KILLED);
}

/* ---- the end ----------------------------------------------------------- */

/* A keeper that is dead without a word was killed, as a rule for memory. */
static void
bury(struct job *j)
{
	j->deaths = sandbox_reap(&j->sandbox);
	if (j->sandbox.keeper > 0)
		return;
	hear_keeper(j);
	if (j->sandbox.keeper == 0 && !j->sandbox.ended)
		on_end(j, EXIT_LOST);
}

static void
end(struct job *j)
{
	j->ending = false;
	if (!j->sandbox.alone && sandbox_empty(&j->sandbox) < 0)
		self_say("some process of the program does not die");
	feed_fini(&j->feed);
	output_end(&j->output);
	set_state(j, JOB_DRAINING);
}

static void
report(struct job *j)
{
	const struct sandbox *sb = &j->sandbox;
	struct exit_frame exit = {
		.how = EXIT_EXITED,
		.value = (uint32_t)WEXITSTATUS(sb->status),
		.cause = j->cause,
		.cut = j->output.cut,
		.wall_us = j->wall_us,
		.cpu_us = sb->cpu_us,
		.memory_kb = sb->memory_kb,
	};

	if (WIFSIGNALED(sb->status)) {
		exit.how = EXIT_SIGNALLED;
		exit.value = (uint32_t)WTERMSIG(sb->status);
	}
	/* Whether it ended before or after we saw the excess is mere chance. */
	if (exit.cut != 0 && exit.cause == EXIT_BY_ITSELF)
		exit.cause = EXIT_OUTPUT_LIMIT;
	host_say_exit(j->host, &exit);
	set_state(j, JOB_CLEARING);
}

/* One turn after EXIT, so that it has gone out before. */
static void
renew(struct job *j)
{
	clear(j);
	if (j->err.code != ERR_NONE)
		return;
	if (!j->walled) {
		set_state(j, JOB_DONE);
		return;
	}
	if (!j->wall.own_net)
		j->wall.own_net = net_was_used(&j->net);
	set_state(j, JOB_BUILDING);
	build_next(j);
}

/*
 * A program is ended last, behind the pump: so the events that were pending
 * when it died are seen, in their order, before its pipes are drained.
 */
static void
pump(struct job *j)
{
	output_pump(&j->output, j->host);
	if (j->output.cut != 0)
		ask_end(j, EXIT_OUTPUT_LIMIT);
	if (j->ending)
		end(j);
	else if (j->state == JOB_DRAINING && output_is_over(&j->output))
		report(j);
}

int
job_advance(struct job *j)
{
	if (j->state == JOB_CLEARING) {
		renew(j);
	} else {
		if (j->words)
			hear_keeper(j);
		if (j->deaths)
			bury(j);
		if (j->state == JOB_RUNNING || j->state == JOB_DRAINING)
			pump(j);
	}
	return j->err.code == ERR_NONE ? 0 : -1;
}

bool
job_wants_turn(const struct job *j)
{
	if (j->state == JOB_CLEARING || j->ending || j->deaths)
		return true;
	if (j->state == JOB_DRAINING && output_is_over(&j->output))
		return true;
	return (j->state == JOB_RUNNING || j->state == JOB_DRAINING) &&
	    output_wants_pump(&j->output, j->host);
}

void
job_abandon(struct job *j)
{
	clear(j);
}
