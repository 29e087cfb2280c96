#include "supervisor/selftest.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/auto_json.h"
#include "common/err.h"
#include "common/messages.h"
#include "common/msgbuf.h"

#define ANSWER_MAX (16 * MIB)
#define ANSWER_MS  10000L
#define POLL_MS    300
/* A web process that died is back within this. */
#define SILENT_POLLS_MAX 20

/* One service, and how to ask it. */
struct target {
	CURL *easy;
	struct curl_slist *json;
	char address[300];
	char url[340];
	char problem[CURL_ERROR_SIZE];
};

/* ---- asking ----------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct msgbuf *answer = arg;

	(void)size;
	msgbuf_put_raw(answer, data, n);
	return answer->bad ? 0 : n;
}

/*
 * GET, or POST {}.  Gives the HTTP status; 0: nobody answers, see problem.
 * *ret is what came as JSON, or NULL.
 */
static long
ask(struct target *t, bool post, json_t **ret)
{
	struct msgbuf answer;
	long status = 0;
	CURLcode code;

	msgbuf_init(&answer, ANSWER_MAX);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, &answer);
	if (post)
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, "{}");
	else
		curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
	t->problem[0] = '\0';
	code = curl_easy_perform(t->easy);
	if (code == CURLE_OK)
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	else if (t->problem[0] == '\0')
		snprintf(t->problem, sizeof t->problem, "%s",
		    curl_easy_strerror(code));
	*ret = json_loadb((char *)answer.data, answer.len, 0, NULL);
	msgbuf_fini(&answer);
	return status;
}

/* listen may be ":5000", any address. */
static int
target_init(struct target *t, const struct settings *s)
{
	const char *listen = s->listen;

	snprintf(t->address, sizeof t->address, "%s%s",
	    listen[0] == ':' ? "127.0.0.1" : "", listen);
	snprintf(
	    t->url, sizeof t->url, "http://%s/admin/self-test", t->address);
	t->easy = curl_easy_init();
	t->json = curl_slist_append(NULL, "Content-Type: application/json");
	if (t->easy == NULL || t->json == NULL)
		return -1;
	curl_easy_setopt(t->easy, CURLOPT_URL, t->url);
	curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->problem);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->json);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	return 0;
}

static void
target_fini(struct target *t)
{
	curl_slist_free_all(t->json);
	curl_easy_cleanup(t->easy);
}

/* ---- the self-test ---------------------------------------------------- */

static int
say_nobody(const struct target *t, const char *problem)
{
	fprintf(stderr,
	    "safe-code-executor: no service answers at http://%s\n"
	    "(%s)\n"
	    "Start it by `make run` or `systemctl start safe-code-executor`. "
	    "Where it serves\n"
	    "another address: --self-test=ADDRESS:PORT, or --config=FILE as "
	    "the service has it.\n",
	    t->address, problem);
	return SELFTEST_EXIT_NOBODY;
}

static const char *
message_of(const json_t *answer)
{
	return json_string_value(
	    json_object_get(json_object_get(answer, "error"), "message"));
}

/* 0: one is running; else the exit code. */
static int
start(struct target *t)
{
	auto_json json_t *answer = NULL;
	long status = ask(t, true, &answer);
	const char *message = message_of(answer);

	if (status == 0)
		return say_nobody(t, t->problem);
	if (status == 202)
		printf("Self-test of http://%s\n\n", t->address);
	else if (status == 409 && message != NULL)
		printf("Self-test of http://%s: it is running already\n\n",
		    t->address);
	else if (message == NULL || status == 404)
		return say_nobody(t, "what answers there has no self-test");
	else
		fprintf(stderr,
		    "safe-code-executor: the self-test was "
		    "refused: HTTP %ld: %s\n",
		    status, message);
	fflush(stdout);
	return status == 202 || status == 409 ? 0 : SELFTEST_EXIT_NOT_STOPPED;
}

/* Prints what is new; gives how many there are. */
static size_t
show(const json_t *report, size_t shown)
{
	const json_t *attacks = json_object_get(report, "attacks");

	for (; shown < json_array_size(attacks); shown++)
		selftest_print_attack(json_array_get(attacks, shown));
	fflush(stdout);
	return shown;
}

/* The exit code; or -1: it goes on. */
static int
look(const json_t *report, size_t *shown)
{
	const char *state = json_string_value(json_object_get(report, "state"));

	if (state == NULL || strcmp(state, "never") == 0) {
		fprintf(stderr,
		    "safe-code-executor: the self-test is lost: "
		    "the service's web process was started anew\n");
		return SELFTEST_EXIT_NOT_STOPPED;
	}
	*shown = show(report, *shown);
	return strcmp(state, "running") == 0 ? -1 : selftest_print_end(report);
}

static int
follow(struct target *t)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	unsigned silent = 0;
	size_t shown = 0;
	int code = -1;

	while (code < 0) {
		auto_json json_t *report = NULL;
		long status = ask(t, false, &report);

		if (status == 200) {
			silent = 0;
			code = look(report, &shown);
		} else if (++silent > SILENT_POLLS_MAX) {
			fprintf(stderr,
			    "safe-code-executor: the service at "
			    "http://%s is gone: %s\n",
			    t->address,
			    status ? "it answers with an error" : t->problem);
			code = SELFTEST_EXIT_NOBODY;
		}
		if (code < 0)
			nanosleep(&pause, NULL);
	}
	return code;
}

int
selftest_main(const struct settings *s)
{
	struct target t = { .easy = NULL };
	int code = SELFTEST_EXIT_NOBODY;

	if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK ||
	    target_init(&t, s) < 0)
		fprintf(stderr, "safe-code-executor: out of memory\n");
	else
		code = start(&t);
	if (code == 0)
		code = follow(&t);
	target_fini(&t);
	curl_global_cleanup();
	return code;
}
