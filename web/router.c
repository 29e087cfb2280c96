#include "web/router.h"

#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "web/admin.h"
#include "web/assets.h"
#include "web/guard.h"
#include "web/info.h"
#include "web/runs.h"
#include "web/selftest.h"
#include "web/web.h"

struct route {
	const char *method; /* a GET also answers HEAD */
	const char *path;
	void (*handle)(struct web *web, struct http_request *r);
};

static const struct route routes[] = {
	{ "POST", "/run", runs_post },
	{ "GET", "/languages", info_get_languages },
	{ "GET", "/examples", info_get_examples },
	{ "GET", "/healthz", info_get_health },
	{ "GET", "/readyz", admin_get_ready },
	{ "GET", "/admin/stats", admin_get_stats },
	{ "GET", "/admin/self-test", admin_get_self_test },
	{ "POST", "/admin/self-test", selftest_post },
};

static bool
is_method(const char *ours, const char *asked)
{
	return strcmp(ours, asked) == 0 ||
	    (strcmp(ours, "GET") == 0 && strcmp(asked, "HEAD") == 0);
}

/* What the path can do, for Allow; NULL: there is no such path. */
static const char *
methods_of(const char *path)
{
	bool get = assets_find(path) != NULL, post = false;

	if (strcmp(path, "*") == 0)
		get = post = true;
	for (size_t i = 0; i < nitems(routes); i++) {
		if (strcmp(routes[i].path, path) != 0)
			continue;
		if (strcmp(routes[i].method, "POST") == 0)
			post = true;
		else
			get = true;
	}
	if (get && post)
		return "GET, HEAD, POST, OPTIONS";
	return get ? "GET, HEAD, OPTIONS" : post ? "POST, OPTIONS" : NULL;
}

static void
respond_other_method(struct http_request *r, const char *allowed)
{
	bool asked = strcmp(r->head.method, "OPTIONS") == 0;
	struct http_response response = { .status = asked ? 204 : 405 };
	char fields[96];
	struct fault f;

	snprintf(fields, sizeof fields,
	    "Cache-Control: no-store\r\nAllow: %s\r\n", allowed);
	response.fields = fields;
	if (asked) {
		http_respond(r, &response);
		return;
	}
	fault_set(&f, 405, "method_not_allowed",
	    "%s is not possible at "
	    "'%.100s', expected %s",
	    r->head.method, r->head.path, allowed);
	http_respond_fault_fields(r, &f, fields);
}

static void
respond_unknown(struct http_request *r)
{
	struct fault f;

	fault_set(
	    &f, 404, "not_found", "there is nothing at '%.100s'", r->head.path);
	http_respond_fault(r, &f);
}

void
router_handle(void *arg, struct http_request *r)
{
	struct web *web = arg;
	const char *path = r->head.path, *allowed;
	const struct asset *asset;
	struct fault f;

	if (guard_check(&web->child.settings, &r->head, &f) < 0) {
		http_respond_fault(r, &f);
		return;
	}
	for (size_t i = 0; i < nitems(routes); i++) {
		if (strcmp(routes[i].path, path) == 0 &&
		    is_method(routes[i].method, r->head.method)) {
			routes[i].handle(web, r);
			return;
		}
	}
	asset = assets_find(path);
	if (asset != NULL && is_method("GET", r->head.method)) {
		assets_respond(r, asset);
		return;
	}
	allowed = methods_of(path);
	if (allowed != NULL)
		respond_other_method(r, allowed);
	else
		respond_unknown(r);
}
