/*
 * pool/prewarm.c -- one container, from nothing to PAUSED.
 *
 *   create -> start -> exec session -> its stream -> the runner's HELLO and
 *   READY -> its process, and with it the cgroup files -> pause
 *
 * All of it is done ahead of a request.  Each step begins when Docker has
 * answered the one before; whatever goes wrong dooms the slot, with the step
 * in the reason.  The pause goes through Docker, so that Docker shows the
 * container as paused; from then on the cgroup's freezer is used directly.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "common/auto.h"
#include "common/auto_json.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/words.h"
#include "pool/attach.h"
#include "pool/pool.h"
#include "pool/spec.h"

#define PID_RETRY_US 5000
/* Of all sockets of a container: some dozen full ones. */
#define SOCKET_BYTES (16u * MIB)

/* ---- failure ---------------------------------------------------------- */

static void
give_up(struct slot *s, const struct err *e)
{
	making_failed(s->pool, s->language, e->text);
	slot_doom(s, VERDICT_CREATE_FAILED, "%s", e->text);
}

/* For the callback of a step: may the next one begin? */
static bool
step_ended(struct slot *s, const struct docker_answer *answer, int expected,
    const char *step)
{
	struct err e;

	if (slot_call_ended(s))
		return false;
	if (docker_expect(answer, expected, expected, step, &e) == 0)
		return true;
	if (answer->status == 404 && strcmp(step, "create") == 0)
		err_wrap(&e, "image %s ('make images' builds it)",
		    pool_language(s->pool, s->language)->image);
	give_up(s, &e);
	return false;
}

static void
call(struct slot *s, const char *method, const char *rest, const char *body,
    docker_done *done)
{
	char path[256];

	snprintf(path, sizeof path, "/containers/%s%s", s->name, rest);
	s->call_pending = true;
	docker_call(s->pool->docker, method, path, body, done, s);
}

/* ---- the last steps: pause, and wait ---------------------------------- */

static const char spoke_unasked[] = "the runner spoke unasked";

const char *
prewarm_stream_problem(const struct slot *s)
{
	char byte;
	ssize_t n = recv(s->stream_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		return spoke_unasked;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return NULL;
	return "its stream was closed";
}

static void
on_idle_stream(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;
	const char *problem = prewarm_stream_problem(s);

	(void)fd, (void)what;
	if (problem != NULL && s->state == SLOT_PAUSED)
		slot_doom(s,
		    problem == spoke_unasked ? VERDICT_BROKEN :
					       VERDICT_CONTAINER_DIED,
		    "%s", problem);
}

/* Nothing may be said on the stream of a paused container. */
void
prewarm_watch_idle(struct slot *s)
{
	event_del(s->stream_event);
	event_assign(s->stream_event, s->pool->child.base, s->stream_fd,
	    EV_READ | EV_PERSIST, on_idle_stream, s);
	event_add(s->stream_event, NULL);
}

static void
is_made(struct slot *s)
{
	const char *problem = prewarm_stream_problem(s);
	struct pool *pool = s->pool;
	struct err e;

	if (problem != NULL) {
		err_set(&e, ERR_GONE, "pause: %s", problem);
		give_up(s, &e);
		return;
	}
	pool->slots.created++;
	pool->making[s->language] = (struct making){ 0 };
	reuse_learn(s);
	prewarm_watch_idle(s);
	log_debug("container=%u language=%s name=%s made after_ms=%llu",
	    s->number, pool_language(pool, s->language)->name, s->name,
	    (unsigned long long)((clock_us() - s->created_us) / 1000));
	slot_set_state(&pool->slots, s, SLOT_PAUSED, "ready");
	lend_idle(pool, s->language);
	pool_refill(pool);
}

static void
on_paused(void *arg, const struct docker_answer *answer)
{
	if (step_ended(arg, answer, 204, "pause"))
		is_made(arg);
}

static void ask_for_pid(struct slot *s);

static void
on_ask_again(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;

	(void)fd, (void)what;
	if (!slot_call_ended(s))
		ask_for_pid(s);
}

/*
 * The runner greets before Docker has written down its pid: asked too early,
 * Docker says 0.
 */
static void
ask_again_soon(struct slot *s)
{
	struct timeval tv = clock_timeval_us(PID_RETRY_US);
	struct err e;

	if (clock_us() - s->created_us >
	    s->pool->child.settings.docker_timeout_ms * 1000ull) {
		err_set(&e, ERR_DOCKER, "exec inspect: no Pid in the answer");
		give_up(s, &e);
		return;
	}
	s->call_pending = true;
	event_base_once(
	    s->pool->child.base, -1, EV_TIMEOUT, on_ask_again, s, &tv);
}

/* Without the files all works too, by Docker's own pause. */
static void
open_cgroup(struct slot *s, pid_t pid, const char *container, struct err *e)
{
	e->code = ERR_NONE;
	if (cgroup_open(&s->cgroup, pid, container, e) < 0) {
		if (e->code != ERR_MISSING || s->apart)
			log_warn("container=%u cgroup files: %s", s->number,
			    e->text);
	} else if (cgroup_set_sockets(&s->cgroup, SOCKET_BYTES, e) < 0) {
		log_warn("container=%u socket buffers: %s", s->number, e->text);
	}
}

/*
 * The runner is not in the container's cgroup: it is a process of another
 * kernel, which is itself one here.  That is what the files limit and stop.
 */
static void
on_container_known(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	auto_json json_t *said = NULL;
	const char *id = "";
	int pid = 0;
	struct err e;

	if (!step_ended(s, answer, 200, "inspect"))
		return;
	said = json_loadb(answer->body, answer->len, 0, NULL);
	(void)json_unpack(
	    said, "{s:s, s:{s:i}}", "Id", &id, "State", "Pid", &pid);
	s->apart = true;
	open_cgroup(s, pid, id, &e);
	if (cgroup_can_freeze(&s->cgroup)) {
		is_made(s);
		return;
	}
	s->apart = false;
	call(s, "POST", "/pause", NULL, on_paused);
}

static void
on_exec_known(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	auto_json json_t *said = NULL;
	const char *container;
	struct err e;

	if (!step_ended(s, answer, 200, "exec inspect"))
		return;
	said = json_loadb(answer->body, answer->len, 0, NULL);
	s->runner_pid = (pid_t)json_integer_value(json_object_get(said, "Pid"));
	container = json_string_value(json_object_get(said, "ContainerID"));
	if (s->runner_pid <= 0) {
		ask_again_soon(s);
		return;
	}
	open_cgroup(s, s->runner_pid, container ? container : "", &e);
	if (e.code == ERR_MISSING)
		call(s, "GET", "/json", NULL, on_container_known);
	else
		call(s, "POST", "/pause", NULL, on_paused);
}

static void
ask_for_pid(struct slot *s)
{
	char path[192];

	snprintf(path, sizeof path, "/exec/%s/json", s->exec_id);
	s->call_pending = true;
	docker_call(s->pool->docker, "GET", path, NULL, on_exec_known, s);
}

/* ---- the stream ------------------------------------------------------- */

static int
on_frame(void *arg, unsigned type, struct msgbuf *body)
{
	struct slot *s = arg;

	if (type == FRAME_HELLO && !s->hello) {
		s->hello = true;
		return hello_frame_get(body, &s->greeting);
	}
	if (type == FRAME_READY && s->hello && !s->ready && body->len == 0) {
		s->ready = true;
		return 0;
	}
	return -1;
}

static int
on_stream_part(void *arg, unsigned stream, const uint8_t *data, size_t n)
{
	struct slot *s = arg;
	char subject[32];

	if (stream == 1)
		return frame_reader_feed(&s->reader, data, n, on_frame, s);
	snprintf(subject, sizeof subject, "container=%u", s->number);
	words_log(subject, data, n);
	return 0;
}

static void
take_bytes(struct slot *s, const uint8_t *data, size_t n)
{
	struct err e;

	/* Behind READY there is nothing, not even a part of something. */
	if (demux_feed(&s->demux, data, n, on_stream_part, s) < 0 ||
	    (s->ready &&
		!(demux_is_empty(&s->demux) &&
		    frame_reader_is_empty(&s->reader)))) {
		err_set(&e, ERR_INVALID,
		    "the runner's greeting is not "
		    "understood; is the image of this version?");
		give_up(s, &e);
		return;
	}
	if (s->ready) {
		event_del(s->stream_event);
		ask_for_pid(s);
	}
}

static void
on_greeting(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;
	uint8_t data[4096];
	struct err e;
	ssize_t n;

	/* Its own patience, for a byte now and then would renew the event's. */
	if (what & EV_TIMEOUT ||
	    clock_us() - s->created_us >
		s->pool->child.settings.docker_timeout_ms * 1000ull) {
		err_set(&e, ERR_DOCKER, "the runner did not greet in time");
		give_up(s, &e);
		return;
	}
	n = recv(fd, data, sizeof data, MSG_DONTWAIT);
	if (n > 0) {
		take_bytes(s, data, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		err_set(&e, ERR_GONE, "the runner ended before it greeted");
		give_up(s, &e);
	}
}

static void
on_attached(
    void *arg, int fd, const uint8_t *early, size_t n, const struct err *e)
{
	struct slot *s = arg;
	struct pool *pool = s->pool;
	struct timeval tv = clock_timeval_us(
	    pool->child.settings.docker_timeout_ms * 1000ull);

	struct err no_memory;

	s->attach = NULL;
	s->call_pending = false;
	if (fd < 0) {
		give_up(s, e);
		return;
	}
	s->stream_fd = fd;
	s->stream_event = event_new(
	    pool->child.base, fd, EV_READ | EV_PERSIST, on_greeting, s);
	if (s->stream_event == NULL || event_add(s->stream_event, &tv) < 0) {
		err_set(&no_memory, ERR_MEMORY, "out of memory");
		give_up(s, &no_memory);
		return;
	}
	if (n > 0)
		take_bytes(s, early, n);
}

/* ---- the first steps -------------------------------------------------- */

static void
on_exec_made(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	struct pool *pool = s->pool;
	const char *id;
	json_t *said;
	struct err e;

	if (!step_ended(s, answer, 201, "exec create"))
		return;
	said = json_loadb(answer->body, answer->len, 0, NULL);
	id = json_string_value(json_object_get(said, "Id"));
	snprintf(s->exec_id, sizeof s->exec_id, "%s", id ? id : "");
	json_decref(said);
	if (s->exec_id[0] == '\0') {
		err_set(&e, ERR_DOCKER, "exec create: no Id in the answer");
		give_up(s, &e);
		return;
	}
	s->attach = attach_start(pool->child.base, pool->socket_path,
	    s->exec_id, pool->child.settings.docker_timeout_ms, on_attached, s,
	    &e);
	s->call_pending = s->attach != NULL;
	if (s->attach == NULL)
		give_up(s, &e);
}

static void
on_started(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;
	auto_free char *body = spec_exec(&s->pool->child.settings);

	if (step_ended(s, answer, 204, "start"))
		call(s, "POST", "/exec", body, on_exec_made);
}

static void
on_created(void *arg, const struct docker_answer *answer)
{
	struct slot *s = arg;

	if (step_ended(s, answer, 201, "create"))
		call(s, "POST", "/start", NULL, on_started);
}

/* A uid that no container has; the one after the last, so that a uid rests
 * as long as possible between two containers. */
static bool
uid_take(struct pool *pool, uid_t *ret)
{
	uint32_t count = pool->child.settings.uid_count;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t n = pool->next_uid++ % count;

		if (pool->uid_used[n])
			continue;
		pool->uid_used[n] = 1;
		*ret = pool->child.settings.uid_first + n;
		return true;
	}
	return false;
}

void
prewarm_start(struct pool *pool, uint16_t language)
{
	const struct settings *settings = &pool->child.settings;
	const struct language *l = pool_language(pool, language);
	struct spec spec = {
		.language = l,
		.owner = pool->owner_label,
		.seccomp = pool->seccomp,
		.apparmor = pool->apparmor,
		.masked = reuse_is_unwalled(pool, language),
	};
	struct slot *s = slot_new(&pool->slots, pool, language);
	auto_free char *body = NULL;
	char path[192];
	uint64_t random = 0;
	struct err e;

	if (s == NULL) {
		making_failed(pool, language, "out of memory");
		return;
	}
	if (getrandom(&random, sizeof random, 0) < 0)
		random = clock_us(); /* a name, no secret */
	snprintf(s->name, sizeof s->name, "sce-%.24s-%.24s-%016llx",
	    settings->instance, l->name, (unsigned long long)random);
	if (!uid_take(pool, &s->uid)) {
		err_set(&e, ERR_MISSING,
		    "all %u user ids are in use (setting "
		    "uid_count)",
		    settings->uid_count);
		give_up(s, &e);
		return;
	}
	spec.uid = s->uid;
	body = spec_create(settings, &spec);
	snprintf(path, sizeof path, "/containers/create?name=%s", s->name);
	s->call_pending = true;
	docker_call(pool->docker, "POST", path, body, on_created, s);
}
