#include "web/head.h"

#include <http_parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/auto.h"

ssize_t
head_find_end(const char *bytes, size_t n, size_t *seen)
{
	for (size_t i = *seen; i < n; i++) {
		char before = i > 0 ? bytes[i - 1] : '\0';
		char c = bytes[i];
		bool starts_line = i > 1 && before == '\n';

		if (c == '\0' || (c == '\n') != (before == '\r'))
			return -1;
		/* A line that goes on in the next: nobody needs it. */
		if (starts_line && (c == ' ' || c == '\t'))
			return -1;
		if (c == '\n' && i >= 3 && bytes[i - 2] == '\n')
			return (ssize_t)(i + 1);
	}
	*seen = n;
	return 0;
}

/* ---- what http-parser tells ------------------------------------------- */

/* A text of the head, while the parser still needs the byte after it. */
struct slice {
	const char *at;
	size_t len;
};

struct reading {
	struct slice target;
	struct slice names[HEAD_FIELDS_MAX], values[HEAD_FIELDS_MAX];
	size_t nnames, nvalues;
	bool too_many;
	bool complete, keep_alive;
};

static int
on_url(http_parser *p, const char *at, size_t len)
{
	struct reading *r = p->data;

	r->target = (struct slice){ at, len };
	return 0;
}

static int
on_field(http_parser *p, const char *at, size_t len)
{
	struct reading *r = p->data;

	if (r->nnames == HEAD_FIELDS_MAX) {
		r->too_many = true;
		return -1;
	}
	/* An empty value may come without on_value. */
	if (r->nvalues < r->nnames)
		r->values[r->nvalues++] = (struct slice){ at, 0 };
	r->names[r->nnames++] = (struct slice){ at, len };
	return 0;
}

static int
on_value(http_parser *p, const char *at, size_t len)
{
	struct reading *r = p->data;

	if (r->nvalues >= r->nnames)
		return -1;
	r->values[r->nvalues++] = (struct slice){ at, len };
	return 0;
}

static int
on_complete(http_parser *p)
{
	struct reading *r = p->data;

	r->complete = true;
	r->keep_alive = http_should_keep_alive(p) != 0;
	return 0;
}

static const http_parser_settings callbacks = {
	.on_url = on_url,
	.on_header_field = on_field,
	.on_header_value = on_value,
	.on_headers_complete = on_complete,
};

/* ---- checks of our own ------------------------------------------------ */

static bool
is_token(const struct slice *s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s->len; i++) {
		char c = s->at[i];
		bool alnum = (c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!alnum && (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return s->len > 0;
}

/* Visible ASCII, and no fragment, which is never sent. */
static bool
is_target(const struct slice *s)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i] <= ' ' || s->at[i] > '~' || s->at[i] == '#')
			return false;
	return s->len > 0;
}

static const char *
terminate(const struct slice *s)
{
	char *text = (char *)(uintptr_t)s->at;
	size_t len = s->len;

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
	return text;
}

static int
take_fields(struct http_head *h, struct reading *r, struct fault *f)
{
	for (size_t i = 0; i < r->nnames; i++)
		if (!is_token(&r->names[i]))
			return fault_set(f, 400, "bad_request",
			    "the name of header field %zu has a character "
			    "that is not allowed there",
			    i + 1);
	if (r->nvalues < r->nnames)
		r->values[r->nvalues] = (struct slice){
			r->names[r->nvalues].at + r->names[r->nvalues].len, 0
		};
	for (size_t i = 0; i < r->nnames; i++)
		h->fields[i].value = terminate(&r->values[i]);
	for (size_t i = 0; i < r->nnames; i++)
		h->fields[i].name = terminate(&r->names[i]);
	h->nfields = r->nnames;
	return 0;
}

/* http://host:port/path, as a request to a proxy has it. */
static int
take_absolute(struct http_head *h, const struct slice *target, struct fault *f)
{
	char *colon = strstr(target->at, "://"), *host, *path;

	if (colon == NULL || (size_t)(colon - target->at) > 5 ||
	    (strncasecmp(target->at, "http:", 5) != 0 &&
		strncasecmp(target->at, "https:", 6) != 0))
		return fault_set(f, 400, "bad_request",
		    "the request's target must be a path such as /run");
	host = colon + 3;
	path = host + strcspn(host, "/");
	if (path == host || memchr(host, '@', (size_t)(path - host)) != NULL)
		return fault_set(f, 400, "bad_request",
		    "the request's target has no plain host name");
	/* One byte to the left makes room for the host's end. */
	memmove(host - 1, host, (size_t)(path - host));
	path[-1] = '\0';
	h->authority = host - 1;
	h->path = *path ? path : "/";
	return 0;
}

static int
take_target(struct http_head *h, const struct slice *target, struct fault *f)
{
	char *text;

	if (target->len > HEAD_TARGET_MAX)
		return fault_set(f, 414, "uri_too_long",
		    "the request's target has %zu bytes, at most %d are read",
		    target->len, HEAD_TARGET_MAX);
	if (!is_target(target))
		return fault_set(f, 400, "bad_request",
		    "the request's target has a character that is not allowed "
		    "there");
	text = (char *)(uintptr_t)terminate(target);
	text[strcspn(text, "?")] = '\0';
	h->path = text;
	if (text[0] == '/' ||
	    (strcmp(text, "*") == 0 && strcmp(h->method, "OPTIONS") == 0))
		return 0;
	return take_absolute(h, target, f);
}

static int
take_host(struct http_head *h, struct fault *f)
{
	size_t n = head_count(h, "Host");

	if (n != 1)
		return fault_set(f, 400, "bad_request",
		    "the request has %s Host header, expected exactly one",
		    n == 0 ? "no" : "more than one");
	h->host = head_get(h, "Host");
	return 0;
}

static int
take_framing(struct http_head *h, const http_parser *p, struct fault *f)
{
	size_t nencodings = head_count(h, "Transfer-Encoding");
	size_t nlengths = head_count(h, "Content-Length");
	const char *expect = head_get(h, "Expect");

	if (nencodings + nlengths > 1)
		return fault_set(f, 400, "bad_request",
		    "the request says more than once how long its body is");
	if (nencodings == 1 &&
	    (h->is_1_0 ||
		strcasecmp(head_get(h, "Transfer-Encoding"), "chunked") != 0))
		return fault_set(f, 400, "bad_request",
		    "of all transfer encodings only 'chunked' is read");
	h->chunked = nencodings == 1;
	h->length = nlengths == 1 ? p->content_length : 0;
	if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
		return fault_set(f, 417, "expectation_failed",
		    "the only known expectation is 100-continue");
	h->expects_continue = expect != NULL && !h->is_1_0;
	return 0;
}

static int
refuse_parser(const http_parser *p, const struct reading *r, struct fault *f)
{
	enum http_errno why = HTTP_PARSER_ERRNO(p);

	if (r->too_many)
		return fault_set(f, 431, "headers_too_large",
		    "the request has more than %d header fields",
		    HEAD_FIELDS_MAX);
	if (why == HPE_OK)
		return fault_set(
		    f, 400, "bad_request", "the request's head ends too early");
	return fault_set(f, 400, "bad_request",
	    "this is not an HTTP request: %s", http_errno_description(why));
}

int
head_parse(
    const char *bytes, size_t n, struct http_head *ret_head, struct fault *f)
{
	struct reading reading = { 0 };
	http_parser parser;
	struct http_head h = { 0 };
	auto_free char *copy = malloc(n + 1);

	if (copy == NULL)
		return fault_set(f, 503, "busy", "out of memory");
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	http_parser_init(&parser, HTTP_REQUEST);
	parser.data = &reading;
	http_parser_execute(&parser, &callbacks, copy, n);
	if (!reading.complete)
		return refuse_parser(&parser, &reading, f);
	if (parser.http_major != 1 || parser.http_minor > 1)
		return fault_set(f, 505, "version_not_supported",
		    "HTTP/%u.%u is not spoken here, only 1.1 and 1.0",
		    parser.http_major, parser.http_minor);
	h.method = http_method_str((enum http_method)parser.method);
	h.is_1_0 = parser.http_minor == 0;
	h.keep_alive = reading.keep_alive;
	if (take_fields(&h, &reading, f) < 0 ||
	    take_target(&h, &reading.target, f) < 0 || take_host(&h, f) < 0 ||
	    take_framing(&h, &parser, f) < 0)
		return -1;
	h.bytes = steal_ptr(&copy);
	*ret_head = h;
	return 0;
}

void
head_fini(struct http_head *h)
{
	free(h->bytes);
	*h = (struct http_head){ 0 };
}

const char *
head_get(const struct http_head *h, const char *name)
{
	for (size_t i = 0; i < h->nfields; i++)
		if (strcasecmp(h->fields[i].name, name) == 0)
			return h->fields[i].value;
	return NULL;
}

size_t
head_count(const struct http_head *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->nfields; i++)
		n += strcasecmp(h->fields[i].name, name) == 0;
	return n;
}
