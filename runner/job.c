#define _GNU_SOURCE
#include "runner/job.h"

#include <assert.h>
#include <sys/wait.h>

#include "common/auto.h"
#include "runner/files.h"
#include "runner/self.h"

static const bool may_become[JOB_NSTATES][JOB_NSTATES] = {
	[JOB_EMPTY] = { [JOB_LOADED] = true, [JOB_DONE] = true },
	[JOB_LOADED] = { [JOB_RUNNING] = true, [JOB_DONE] = true },
	[JOB_RUNNING] = { [JOB_DRAINING] = true },
	[JOB_DRAINING] = { [JOB_DONE] = true },
};

static void
set_state(struct job *j, enum job_state to)
{
	assert(may_become[j->state][to]);
	j->state = to;
}

/* The feed and the output own our ends of the pipes from here on. */
static int
watch_pipes(struct job *j, int epoll_fd, struct err *e)
{
	static const struct {
		enum watch_source source;
		uint32_t events;
	} pipes[] = {
		{ WATCH_FEED, EPOLLOUT | EPOLLET },
		{ WATCH_STDOUT, EPOLLIN | EPOLLET },
		{ WATCH_STDERR, EPOLLIN | EPOLLET },
	};
	int *fds = j->sandbox.runner_fds;

	for (size_t i = 0; i < nitems(pipes); i++)
		if (watch_add(epoll_fd, fds[i], pipes[i].events,
			pipes[i].source, e) < 0)
			return -1;
	feed_init(&j->feed, steal_fd(&fds[0]));
	output_init(&j->output, fds[1], fds[2]);
	fds[1] = fds[2] = -1;
	return 0;
}

int
job_prepare(struct job *j, int epoll_fd, struct host *host, struct err *e)
{
	*j = (struct job){ .host = host };
	feed_init(&j->feed, -1);
	output_init(&j->output, -1, -1);
	if (sandbox_prepare(&j->sandbox, e) < 0)
		return -1;
	return watch_pipes(j, epoll_fd, e);
}

void
job_fini(struct job *j)
{
	program_fini(&j->program);
	feed_fini(&j->feed);
	output_fini(&j->output);
	sandbox_fini(&j->sandbox);
}

static void
fail(struct job *j, const struct err *e)
{
	host_say_fail(j->host, e);
	job_fini(j);
	set_state(j, JOB_DONE);
}

static int
give_program(struct job *j, struct msgbuf *body, struct err *e)
{
	struct program *p = &j->program;

	if (program_parse(body, p, e) < 0 ||
	    files_write(j->sandbox.home_fd, p, e) < 0)
		return -1;
	if (feed_load(&j->feed, p->input, p->input_size, e) < 0)
		return -1;
	program_forget_body(p);
	return 0;
}

void
job_load(struct job *j, struct msgbuf *body)
{
	struct err e;

	if (j->state == JOB_DONE) {
		err_set(&e, ERR_INVALID, "one program per container");
		host_say_fail(j->host, &e);
	} else if (give_program(j, body, &e) < 0)
		fail(j, &e);
	else
		set_state(j, JOB_LOADED);
}

static void
start(struct job *j)
{
	struct err e;

	output_set_limit(&j->output, j->program.limits.output_bytes);
	if (sandbox_start(&j->sandbox, &j->program, &e) < 0) {
		fail(j, &e);
		return;
	}
	program_fini(&j->program);
	set_state(j, JOB_RUNNING);
}

/* The first cause is the one that is told. */
static void
ask_end(struct job *j, enum exit_cause cause)
{
	if (j->state != JOB_RUNNING || j->ending)
		return;
	j->ending = true;
	j->cause = cause;
}

void
job_kill(struct job *j)
{
	if (j->state == JOB_LOADED)
		start(j);
	ask_end(j, EXIT_KILLED);
}

void
job_on_event(struct job *j, enum watch_source source)
{
	if (source == WATCH_CHILDREN)
		j->deaths = true;
	else if (source == WATCH_FEED)
		feed_go_on(&j->feed);
	else if (source == WATCH_STDOUT)
		output_ready(&j->output, 0);
	else if (source == WATCH_STDERR)
		output_ready(&j->output, 1);
}

static void
bury(struct job *j)
{
	j->deaths = sandbox_reap(&j->sandbox) == REAPED_SOME;
	if (sandbox_program_ended(&j->sandbox))
		ask_end(j, EXIT_BY_ITSELF);
}

static void
empty(struct job *j)
{
	if (sandbox_empty(&j->sandbox) < 0)
		self_say("some process of the program does not die");
	feed_fini(&j->feed);
}

static void
end(struct job *j)
{
	empty(j);
	output_end(&j->output);
	j->ending = false;
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
		.wall_us = sb->wall_us,
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
	job_fini(j);
	set_state(j, JOB_DONE);
}

/*
 * A program is ended last, behind the pump: so the events that were pending
 * when it died are seen, in their order, before its pipes are drained.
 */
void
job_advance(struct job *j)
{
	if (j->state == JOB_LOADED)
		start(j);
	if (j->deaths)
		bury(j);
	if (j->state != JOB_RUNNING && j->state != JOB_DRAINING)
		return;
	output_pump(&j->output, j->host);
	if (j->output.cut != 0)
		ask_end(j, EXIT_OUTPUT_LIMIT);
	if (j->ending)
		end(j);
	else if (j->state == JOB_DRAINING && output_is_over(&j->output))
		report(j);
}

bool
job_wants_turn(const struct job *j)
{
	if (j->state == JOB_LOADED || j->ending || j->deaths)
		return true;
	if (j->state == JOB_DRAINING && output_is_over(&j->output))
		return true;
	return (j->state == JOB_RUNNING || j->state == JOB_DRAINING) &&
	    output_wants_pump(&j->output, j->host);
}

void
job_abandon(struct job *j)
{
	empty(j);
	job_fini(j);
}
