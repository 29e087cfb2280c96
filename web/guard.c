#include "web/guard.h"

#include <string.h>
#include <strings.h>

#include "common/auto.h"

/* Part of a text that belongs to someone else. */
struct part {
	const char *at;
	size_t len;
};

static bool
is_same(struct part a, struct part b)
{
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static bool
is_port(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n <= 5;
}

/* "name", "name:port", "[v6]" or "[v6]:port"; false for anything else. */
static bool
split_host(struct part text, struct part *ret_host)
{
	const char *p = text.at, *end;
	size_t rest;

	if (text.len == 0)
		return false;
	if (p[0] == '[') {
		end = memchr(p, ']', text.len);
		if (end == NULL)
			return false;
		end++;
	} else {
		end = memchr(p, ':', text.len);
		if (end == NULL)
			end = p + text.len;
	}
	rest = text.len - (size_t)(end - p);
	if (end == p ||
	    (rest > 0 && (*end != ':' || !is_port(end + 1, rest - 1))))
		return false;
	*ret_host = (struct part){ p, (size_t)(end - p) };
	return true;
}

/* The next name of "a, b:80,c", without blanks; false at the end. */
static bool
next_name(const char **rest, struct part *ret)
{
	const char *p = *rest + strspn(*rest, ", \t");
	size_t n = strcspn(p, ", \t");

	*rest = p + n;
	*ret = (struct part){ p, n };
	return n > 0;
}

static bool
is_host_allowed(const struct settings *s, struct part text)
{
	static const char own[] = "127.0.0.1, localhost, [::1]";
	const char *const lists[] = { own, s->listen, s->allowed_hosts };
	struct part host, name, ours;

	if (!split_host(text, &host))
		return false;
	for (size_t i = 0; i < nitems(lists); i++) {
		const char *rest = lists[i];

		while (next_name(&rest, &name)) {
			if (i == 2 && name.len == 1 && name.at[0] == '*')
				return true;
			if (split_host(name, &ours) && is_same(host, ours))
				return true;
		}
	}
	return false;
}

bool
guard_may_be_host(const struct settings *s, const char *host)
{
	return is_host_allowed(s, (struct part){ host, strlen(host) });
}

bool
guard_may_be_origin(const struct settings *s, const char *origin)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < nitems(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (strncasecmp(origin, schemes[i], n) == 0)
			return guard_may_be_host(s, origin + n);
	}
	return false;
}

static int
check_origin(
    const struct settings *s, const struct http_head *h, struct fault *f)
{
	const char *origin = head_get(h, "Origin");
	const char *site = head_get(h, "Sec-Fetch-Site");

	if (strcmp(h->method, "GET") == 0 || strcmp(h->method, "HEAD") == 0)
		return 0;
	if (head_count(h, "Origin") > 1 ||
	    (origin != NULL && !guard_may_be_origin(s, origin)))
		return fault_set(f, 403, "origin_not_allowed",
		    "a page from '%.100s' may not use this service", origin);
	if (site != NULL && strcasecmp(site, "cross-site") == 0)
		return fault_set(f, 403, "origin_not_allowed",
		    "a page from another site may not use this service");
	return 0;
}

int
guard_check(
    const struct settings *s, const struct http_head *h, struct fault *f)
{
	const char *const hosts[] = { h->host, h->authority };

	for (size_t i = 0; i < nitems(hosts); i++)
		if (hosts[i] != NULL && !guard_may_be_host(s, hosts[i]))
			return fault_set(f, 403, "host_not_allowed",
			    "the name '%.100s' is not one this service "
			    "answers to; the setting allowed_hosts adds names",
			    hosts[i]);
	return check_origin(s, h, f);
}

int
guard_check_json(const struct http_head *h, struct fault *f)
{
	static const char json[] = "application/json";
	const char *type = head_get(h, "Content-Type");
	const char *encoding = head_get(h, "Content-Encoding");
	const char *rest;

	if (encoding != NULL)
		return fault_set(f, 415, "unsupported_media_type",
		    "Content-Encoding is '%.60s', expected a body that is not "
		    "encoded",
		    encoding);
	if (head_count(h, "Content-Type") != 1)
		return fault_set(f, 415, "unsupported_media_type",
		    "expected exactly one header Content-Type: %s", json);
	rest = type + strcspn(type, "; \t");
	if ((size_t)(rest - type) != strlen(json) ||
	    strncasecmp(type, json, strlen(json)) != 0 ||
	    (rest[strspn(rest, " \t")] != ';' &&
		rest[strspn(rest, " \t")] != '\0'))
		return fault_set(f, 415, "unsupported_media_type",
		    "Content-Type is '%.60s', expected %s", type, json);
	return 0;
}
