#define _GNU_SOURCE
#include "runner/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/auto.h"
#include "common/frames.h"
#include "runner/host.h"
#include "runner/job.h"
#include "runner/self.h"
#include "runner/watch.h"

/* Of the machine's own pid namespace: PROC_PID_INIT_INO, fixed for ever. */
#define MACHINE_PID_NAMESPACE 0xeffffffcu

struct serve {
	int epoll_fd;
	int children_fd; /* signalfd of SIGCHLD */
	struct host host;
	struct job job;
	struct err err; /* why the host was refused */
};

static int
on_run(struct serve *s, struct msgbuf *body)
{
	job_load(&s->job, body);
	return 0;
}

static int
on_kill(struct serve *s, struct msgbuf *body)
{
	if (msgbuf_left(body) > 0)
		return err_set(
		    &s->err, ERR_INVALID, "malformed frame: KILL has a body");
	job_kill(&s->job);
	return 0;
}

#define WHEN(state) (1u << (state))
#define ALWAYS      (WHEN(JOB_NSTATES) - 1)

/* What the host may say, and when. */
static const struct rule {
	enum frame_type type;
	unsigned when; /* states of the job */
	int (*handle)(struct serve *s, struct msgbuf *body);
} rules[] = {
	{ FRAME_RUN, WHEN(JOB_READY), on_run },
	{ FRAME_KILL, ALWAYS, on_kill },
};

static int
on_frame(void *arg, unsigned type, struct msgbuf *body)
{
	struct serve *s = arg;

	for (size_t i = 0; i < nitems(rules); i++) {
		if (rules[i].type != type)
			continue;
		if ((rules[i].when & WHEN(s->job.state)) == 0)
			return err_set(&s->err, ERR_INVALID,
			    "malformed frame: type %u is not due", type);
		return rules[i].handle(s, body);
	}
	return err_set(
	    &s->err, ERR_INVALID, "malformed frame: type %u is unknown", type);
}

static int
on_event(struct serve *s, const struct epoll_event *event)
{
	enum watch_source source = event->data.u32;
	struct signalfd_siginfo death;

	switch (source) {
	case WATCH_HOST_IN:
		return host_hear(&s->host, on_frame, s, &s->err);
	case WATCH_HOST_OUT:
		/* That there is room again is seen by the next flush. */
		if (event->events & EPOLLERR)
			return err_set(
			    &s->err, ERR_GONE, "the host does not listen");
		return 0;
	case WATCH_CHILDREN:
		while (read(s->children_fd, &death, sizeof death) > 0)
			;
		break;
	case WATCH_KEEPER:
	case WATCH_FEED:
	case WATCH_STDOUT:
	case WATCH_STDERR:
	case WATCH_NSOURCES:
		break;
	}
	job_on_event(&s->job, source);
	return 0;
}

/* -1: it is over with the host. */
static int
turn(struct serve *s)
{
	struct epoll_event events[WATCH_NSOURCES];
	int wait_ms = job_wants_turn(&s->job) ? 0 : -1;
	int n = epoll_wait(s->epoll_fd, events, WATCH_NSOURCES, wait_ms);

	for (int i = 0; i < n; i++)
		if (on_event(s, &events[i]) < 0)
			return -1;
	if (job_advance(&s->job) < 0) {
		s->err = s->job.err;
		return -1;
	}
	return host_flush(&s->host, &s->err);
}

/*
 * This program kills every process that it may (sandbox_empty) and then pid
 * 1.  Started by hand on a machine, that would be somebody's whole session.
 */
static int
check_container(struct err *e)
{
	struct stat ours;

	if (stat("/proc/self/ns/pid", &ours) < 0)
		return err_errno(e, "cannot see the pid namespace");
	if (ours.st_ino == MACHINE_PID_NAMESPACE)
		return err_set(e, ERR_INVALID, "this is not a container");
	return 0;
}

/*
 * A program's orphans are to be ours, so that we see when the last is dead.
 * Behind a wall they are the keeper's anyway; where the kernel has no
 * subreaper (gVisor) and no wall either, pid 1 buries them.
 */
static int
watch_children(struct serve *s, struct err *e)
{
	s->children_fd = self_watch_deaths(e);
	if (s->children_fd < 0)
		return -1;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	return 0;
}

static int
watch_host(struct serve *s, struct err *e)
{
	if (watch_add(s->epoll_fd, STDIN_FILENO, EPOLLIN, WATCH_HOST_IN, e) < 0)
		return -1;
	if (watch_add(s->epoll_fd, STDOUT_FILENO, EPOLLOUT | EPOLLET,
		WATCH_HOST_OUT, e) < 0)
		return -1;
	return watch_add(
	    s->epoll_fd, s->children_fd, EPOLLIN, WATCH_CHILDREN, e);
}

static int
serve_open(struct serve *s, const struct wall *wall, struct err *e)
{
	/* First of all, so that nothing is opened as 0, 1 or 2. */
	if (host_init(&s->host, e) < 0 || check_container(e) < 0 ||
	    self_settle(e) < 0)
		return -1;
	/* A host that is gone is an error of write, not our death. */
	(void)sigaction(
	    SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0)
		return err_errno(e, "cannot make an epoll set");
	if (watch_children(s, e) < 0 || watch_host(s, e) < 0 ||
	    job_open(&s->job, s->epoll_fd, &s->host, wall, e) < 0)
		return -1;
	return 0;
}

/* A number of the command line, which the pool has written. */
static bool
read_number(const char *text, uint32_t *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n == 0 ||
	    n > UINT32_MAX)
		return false;
	*ret = (uint32_t)n;
	return true;
}

int
serve_main(char **args)
{
	struct serve s = { .epoll_fd = -1, .children_fd = -1 };
	struct wall wall = { .uid = getuid(), .gid = getgid() };

	if (!read_number(args[0], &wall.tmp_mb) ||
	    !read_number(args[1], &wall.tmp_inodes)) {
		self_say("serve: TMP_MB and TMP_INODES must be numbers");
		return 2;
	}
	if (serve_open(&s, &wall, &s.err) < 0) {
		self_say("cannot serve: %s", s.err.text);
		return 1;
	}
	while (turn(&s) == 0)
		;
	/* The host may leave at any time; anything else is worth a line. */
	if (s.err.code != ERR_GONE)
		self_say("%s", s.err.text);
	job_abandon(&s.job);
	host_fini(&s.host);
	(void)kill(1, SIGTERM);
	return 1;
}
