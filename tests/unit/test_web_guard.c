/*
 * tests/unit/test_web_guard.c -- who may ask: Host, Origin and Content-Type,
 * web/guard.c.
 */
#include <CUnit/CUnit.h>
#include <string.h>

#include "common/auto.h"
#include "tests/unit/suites.h"
#include "web/guard.h"

static struct settings settings;

/* What head_parse() would have made of it. */
static struct http_head
head_of(const char *method, const char *host)
{
	return (
	    struct http_head){ .method = method, .path = "/run", .host = host };
}

static void
add(struct http_head *h, const char *name, const char *value)
{
	h->fields[h->nfields++] = (struct http_field){ name, value };
}

static int
status_of(const struct http_head *h)
{
	struct fault f;

	return guard_check(&settings, h, &f) == 0 ? 200 : (int)f.status;
}

static int
json_status_of(const struct http_head *h)
{
	struct fault f;

	return guard_check_json(h, &f) == 0 ? 200 : (int)f.status;
}

static void
set(const char *listen, const char *allowed)
{
	struct err e;

	settings_defaults(&settings);
	settings_set(&settings, "listen", listen, &e);
	settings_set(&settings, "allowed_hosts", allowed, &e);
}

static void
guard_answers_to_loopback_on_any_port(void)
{
	static const char *const ours[] = { "127.0.0.1", "127.0.0.1:5000",
		"localhost", "LocalHost:80", "[::1]", "[::1]:5000",
		"127.0.0.1:" };

	set("127.0.0.1:5000", "");
	for (size_t i = 0; i < nitems(ours); i++)
		CU_ASSERT(guard_may_be_host(&settings, ours[i]));
}

static void
guard_answers_to_no_other_name(void)
{
	static const char *const foreign[] = { "", "evil.example",
		"evil.example:5000", "127.0.0.1.evil.example", "localhost.",
		"evil.localhost", "xlocalhost", "127.0.0.1:5000:1",
		"127.0.0.1:x", "127.0.0.1:123456", "localhost evil",
		"user@localhost", "[::1", "[::1]x", "[::1]:x", "[::2]", "::1",
		":5000", "0", "127.1", "2130706433", "192.168.0.1",
		"127.0.0.1,evil.example", "*" };

	set("127.0.0.1:5000", "");
	for (size_t i = 0; i < nitems(foreign); i++)
		CU_ASSERT_FALSE(guard_may_be_host(&settings, foreign[i]));
}

static void
guard_answers_to_the_names_of_the_settings(void)
{
	set("192.168.7.7:5000", "code.example, Other.example:8080,[fd00::7]");
	CU_ASSERT(guard_may_be_host(&settings, "192.168.7.7"));
	CU_ASSERT(guard_may_be_host(&settings, "192.168.7.7:5000"));
	CU_ASSERT(guard_may_be_host(&settings, "CODE.example:443"));
	CU_ASSERT(guard_may_be_host(&settings, "other.example"));
	CU_ASSERT(guard_may_be_host(&settings, "[fd00::7]:1"));
	CU_ASSERT_FALSE(guard_may_be_host(&settings, "code.example.evil"));
	CU_ASSERT_FALSE(guard_may_be_host(&settings, "192.168.7.8"));
}

static void
guard_answers_to_any_name_after_a_star(void)
{
	set("127.0.0.1:5000", "code.example,*");
	CU_ASSERT(guard_may_be_host(&settings, "anything.example:1"));
	CU_ASSERT_FALSE(guard_may_be_host(&settings, "no port:x"));
}

static void
guard_counts_an_absolute_target_as_host(void)
{
	struct http_head h = head_of("GET", "localhost");

	set("127.0.0.1:5000", "");
	CU_ASSERT_EQUAL(status_of(&h), 200);
	h.authority = "evil.example";
	CU_ASSERT_EQUAL(status_of(&h), 403);
	h = head_of("GET", "evil.example");
	h.authority = "localhost";
	CU_ASSERT_EQUAL(status_of(&h), 403);
}

static void
guard_takes_only_our_own_origin(void)
{
	static const struct {
		const char *origin;
		int status;
	} cases[] = {
		{ "http://127.0.0.1:5000", 200 },
		{ "https://localhost", 200 },
		{ "HTTP://LOCALHOST:5000", 200 },
		{ "http://[::1]:5000", 200 },
		{ "null", 403 },
		{ "", 403 },
		{ "http://", 403 },
		{ "http://evil.example", 403 },
		{ "http://evil.example:5000", 403 },
		{ "http://localhost.evil.example", 403 },
		{ "http://localhost/x", 403 },
		{ "http://localhost@evil.example", 403 },
		{ "ftp://localhost", 403 },
		{ "localhost", 403 },
	};

	set("127.0.0.1:5000", "");
	for (size_t i = 0; i < nitems(cases); i++) {
		struct http_head h = head_of("POST", "localhost:5000");

		add(&h, "Origin", cases[i].origin);
		CU_ASSERT_EQUAL(status_of(&h), cases[i].status);
	}
}

static void
guard_refuses_two_origins(void)
{
	struct http_head h = head_of("POST", "localhost");

	set("127.0.0.1:5000", "");
	add(&h, "Origin", "http://localhost");
	add(&h, "origin", "http://evil.example");
	CU_ASSERT_EQUAL(status_of(&h), 403);
}

static void
guard_lets_a_foreign_link_lead_here(void)
{
	struct http_head h = head_of("GET", "localhost");

	set("127.0.0.1:5000", "");
	add(&h, "Origin", "http://evil.example");
	add(&h, "Sec-Fetch-Site", "cross-site");
	CU_ASSERT_EQUAL(status_of(&h), 200);
	h.method = "HEAD";
	CU_ASSERT_EQUAL(status_of(&h), 200);
	h.method = "OPTIONS";
	CU_ASSERT_EQUAL(status_of(&h), 403);
}

static void
guard_refuses_a_post_from_another_site(void)
{
	static const struct {
		const char *site;
		int status;
	} cases[] = {
		{ "cross-site", 403 },
		{ "Cross-Site", 403 },
		{ "same-origin", 200 },
		{ "none", 200 },
	};

	set("127.0.0.1:5000", "");
	for (size_t i = 0; i < nitems(cases); i++) {
		struct http_head h = head_of("POST", "localhost");

		add(&h, "Sec-Fetch-Site", cases[i].site);
		CU_ASSERT_EQUAL(status_of(&h), cases[i].status);
	}
}

static void
guard_wants_a_body_that_says_it_is_json(void)
{
	static const struct {
		const char *type;
		int status;
	} cases[] = {
		{ "application/json", 200 },
		{ "Application/JSON", 200 },
		{ "application/json; charset=utf-8", 200 },
		{ "application/json ;charset=utf-8", 200 },
		{ "application/json;", 200 },
		{ "", 415 },
		{ "text/plain", 415 },
		{ "text/plain; application/json", 415 },
		{ "application/jsonx", 415 },
		{ "application/json-patch+json", 415 },
		{ "application/json, text/plain", 415 },
		{ "application/json text/plain", 415 },
		{ "application/x-www-form-urlencoded", 415 },
		{ "multipart/form-data; boundary=x", 415 },
	};
	struct http_head h = head_of("POST", "localhost");

	CU_ASSERT_EQUAL(json_status_of(&h), 415);
	for (size_t i = 0; i < nitems(cases); i++) {
		h = head_of("POST", "localhost");
		add(&h, "content-type", cases[i].type);
		CU_ASSERT_EQUAL(json_status_of(&h), cases[i].status);
	}
}

static void
guard_refuses_an_encoded_body_and_two_types(void)
{
	struct http_head h = head_of("POST", "localhost");

	add(&h, "Content-Type", "application/json");
	add(&h, "Content-Encoding", "gzip");
	CU_ASSERT_EQUAL(json_status_of(&h), 415);
	h = head_of("POST", "localhost");
	add(&h, "Content-Type", "application/json");
	add(&h, "Content-Type", "text/plain");
	CU_ASSERT_EQUAL(json_status_of(&h), 415);
}

void
add_web_guard_suite(void)
{
	static const struct test_row rows[] = {
		TEST_ROW(guard_answers_to_loopback_on_any_port),
		TEST_ROW(guard_answers_to_no_other_name),
		TEST_ROW(guard_answers_to_the_names_of_the_settings),
		TEST_ROW(guard_answers_to_any_name_after_a_star),
		TEST_ROW(guard_counts_an_absolute_target_as_host),
		TEST_ROW(guard_takes_only_our_own_origin),
		TEST_ROW(guard_refuses_two_origins),
		TEST_ROW(guard_lets_a_foreign_link_lead_here),
		TEST_ROW(guard_refuses_a_post_from_another_site),
		TEST_ROW(guard_wants_a_body_that_says_it_is_json),
		TEST_ROW(guard_refuses_an_encoded_body_and_two_types),
	};

	suite_add("web_guard", rows, nitems(rows));
}
