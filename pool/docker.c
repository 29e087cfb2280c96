#include "pool/docker.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/messages.h"
#include "common/msgbuf.h"

/* Larger than any answer we ask for: a list of some thousand containers. */
#define ANSWER_MAX (16 * MIB)

/* Kept open between calls; more are closed after use. */
#define KEPT_CONNECTIONS 4L

struct docker {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
	char *socket_path;
	uint32_t timeout_ms;
};

struct docker_call {
	struct docker *docker;
	CURL *easy;
	struct curl_slist *headers;
	struct msgbuf answer;
	docker_data *data; /* only for docker_follow */
	docker_done *done;
	void *arg;
	bool opened, added;
	struct event *start;
	struct event *patience; /* docker_follow: until it is opened */
	char problem[CURL_ERROR_SIZE];
};

static void
call_free(struct docker_call *call)
{
	if (call->added)
		curl_multi_remove_handle(call->docker->multi, call->easy);
	if (call->easy != NULL)
		curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	event_free(call->start);
	if (call->patience != NULL)
		event_free(call->patience);
	msgbuf_fini(&call->answer);
	free(call);
}

static void
call_end(struct docker_call *call, CURLcode code)
{
	struct docker_answer answer = { .body = "", .problem = "" };
	long status = 0;

	if (code == CURLE_OK)
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	else if (call->problem[0] == '\0')
		snprintf(call->problem, sizeof call->problem, "%s",
		    curl_easy_strerror(code));
	msgbuf_put_u8(&call->answer, 0);
	if (!call->answer.bad) {
		answer.body = (const char *)call->answer.data;
		answer.len = call->answer.len - 1;
	}
	answer.status = (int)status;
	answer.problem = call->problem;
	call->done(call->arg, &answer);
	call_free(call);
}

/* ---- curl on libevent ------------------------------------------------- */

static void
collect_finished(struct docker *d)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(d->multi, &left)) != NULL) {
		struct docker_call *call;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
		call_end(call, msg->data.result);
	}
}

static void
on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct docker *d = arg;
	int flags = (what & EV_READ ? CURL_CSELECT_IN : 0) |
	    (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
	int running;

	curl_multi_socket_action(d->multi, fd, flags, &running);
	collect_finished(d);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct docker *d = arg;
	int running;

	(void)fd, (void)what;
	curl_multi_socket_action(d->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect_finished(d);
}

static int
set_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct docker *d = arg;
	struct timeval tv = clock_timeval_us((uint64_t)timeout_ms * 1000);

	(void)multi;
	if (timeout_ms < 0)
		event_del(d->timer);
	else
		event_add(d->timer, &tv);
	return 0;
}

/* curl keeps our event for each socket as socket_arg. */
static int
set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct docker *d = arg;
	struct event *ev = socket_arg;
	short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	    (what & CURL_POLL_OUT ? EV_WRITE : 0));

	(void)easy;
	if (ev != NULL)
		event_free(ev);
	curl_multi_assign(d->multi, fd, NULL);
	ev = NULL;
	if (what != CURL_POLL_REMOVE) {
		ev = event_new(
		    d->base, fd, wanted | EV_PERSIST, on_socket_ready, d);
		if (ev == NULL)
			return -1;
		if (event_add(ev, NULL) < 0) {
			event_free(ev);
			return -1;
		}
	}
	curl_multi_assign(d->multi, fd, ev);
	return 0;
}

struct docker *
docker_new(
    struct event_base *base, const char *socket_path, uint32_t timeout_ms)
{
	struct docker *d = calloc(1, sizeof *d);

	if (d == NULL || curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) {
		free(d);
		return NULL;
	}
	d->base = base;
	d->timeout_ms = timeout_ms;
	d->socket_path = strdup(socket_path);
	d->multi = curl_multi_init();
	d->timer = event_new(base, -1, 0, on_timer, d);
	if (d->socket_path == NULL || d->multi == NULL || d->timer == NULL) {
		curl_multi_cleanup(d->multi);
		free(d->socket_path);
		free(d);
		return NULL;
	}
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return d;
}

/* ---- one call --------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct docker_call *call = arg;

	(void)size;
	if (call->data != NULL) {
		call->data(call->arg, data, n);
		return n;
	}
	msgbuf_put_raw(&call->answer, data, n);
	return call->answer.bad ? 0 : n;
}

/* The empty line after the headers: a followed answer has begun. */
static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct docker_call *call = arg;
	long status = 0;

	(void)size;
	if (call->data == NULL || n > 2 || data[0] != '\r' || call->opened)
		return n;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200) {
		call->opened = true;
		event_del(call->patience);
		call->data(call->arg, "", 0);
	}
	return n;
}

static int
set_options(struct docker_call *call, const char *method, const char *path,
    const char *body)
{
	struct docker *d = call->docker;
	CURL *easy = call->easy;
	char url[1024];

	if (easy == NULL ||
	    (size_t)snprintf(url, sizeof url, "http://docker%s", path) >=
		sizeof url)
		return -1;
	call->headers = curl_slist_append(
	    NULL, "Content-Type: application/json");
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, d->socket_path);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->problem);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)d->timeout_ms);
	if (call->data == NULL)
		curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)d->timeout_ms);
	if (strcmp(method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(
		    easy, CURLOPT_COPYPOSTFIELDS, body ? body : "");
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	return call->headers == NULL ? -1 : 0;
}

static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	struct docker_call *call = arg;

	(void)fd, (void)what;
	call->added = curl_multi_add_handle(call->docker->multi, call->easy) ==
	    CURLM_OK;
	if (!call->added)
		call_end(call, CURLE_OUT_OF_MEMORY);
}

static void
on_patience_lost(evutil_socket_t fd, short what, void *arg)
{
	struct docker_call *call = arg;

	(void)fd, (void)what;
	snprintf(call->problem, sizeof call->problem, "no answer in time");
	call_end(call, CURLE_OPERATION_TIMEDOUT);
}

/* A stream may last for ever, its first byte may not. */
static void
be_patient(struct docker_call *call)
{
	struct docker *d = call->docker;
	struct timeval tv = clock_timeval_us(d->timeout_ms * 1000ull);

	call->patience = event_new(d->base, -1, 0, on_patience_lost, call);
	if (call->patience == NULL || event_add(call->patience, &tv) < 0)
		abort(); /* see start_call */
}

static void
start_call(struct docker *d, const char *method, const char *path,
    const char *body, docker_data *data, docker_done *done, void *arg)
{
	struct docker_call *call = calloc(1, sizeof *call);

	if (call == NULL ||
	    (call->start = event_new(d->base, -1, 0, on_start, call)) == NULL) {
		/* No memory for 300 bytes: the supervisor starts us anew. */
		log_error("out of memory");
		abort();
	}
	call->docker = d;
	call->data = data;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	msgbuf_init(&call->answer, ANSWER_MAX);
	if (data != NULL)
		be_patient(call);
	if (set_options(call, method, path, body) < 0) {
		curl_easy_cleanup(call->easy);
		call->easy = NULL; /* which on_start will find out */
	}
	/* From the loop, for curl takes no call while it makes one of us. */
	event_active(call->start, EV_TIMEOUT, 1);
}

void
docker_call(struct docker *d, const char *method, const char *path,
    const char *body, docker_done *done, void *arg)
{
	start_call(d, method, path, body, NULL, done, arg);
}

void
docker_follow(struct docker *d, const char *path, docker_data *data,
    docker_done *done, void *arg)
{
	start_call(d, "GET", path, NULL, data, done, arg);
}

int
docker_expect(const struct docker_answer *answer, int expected,
    int expected_too, const char *what, struct err *e)
{
	json_t *said;
	const char *message;

	if (answer->status == expected || answer->status == expected_too)
		return 0;
	if (answer->status == 0)
		return err_set(e, ERR_DOCKER, "%s: %s", what, answer->problem);
	said = json_loadb(answer->body, answer->len, 0, NULL);
	message = json_string_value(json_object_get(said, "message"));
	err_set(e, ERR_DOCKER, "%s: HTTP %d: %s", what, answer->status,
	    message ? message : "(no message)");
	json_decref(said);
	return -1;
}
