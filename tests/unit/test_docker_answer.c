/*
 * tests/unit/test_docker_answer.c -- what the engine said, as an error:
 * docker_expect() of pool/docker.c.
 */
#include <string.h>

#include "common/auto.h"
#include "pool/docker.h"
#include "tests/unit/suites.h"

static int
expect(int status, const char *body, struct err *e)
{
	struct docker_answer answer = {
		.status = status,
		.body = body,
		.len = strlen(body),
		.problem = "Couldn't connect to server",
	};

	return docker_expect(&answer, 204, 404, "pause", e);
}

static void
docker_expect_takes_either_status(void)
{
	struct err e;

	CU_ASSERT_EQUAL(expect(204, "", &e), 0);
	CU_ASSERT_EQUAL(expect(404, "{\"message\": \"x\"}", &e), 0);
	CU_ASSERT_EQUAL(expect(200, "", &e), -1);
}

static void
docker_expect_repeats_what_the_engine_said(void)
{
	struct err e;

	CU_ASSERT_EQUAL(
	    expect(409, "{\"message\":\"already paused\"}", &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_DOCKER);
	CU_ASSERT_STRING_EQUAL(e.text, "pause: HTTP 409: already paused");
}

static void
docker_expect_survives_an_answer_without_a_message(void)
{
	static const char *const bodies[] = { "", "nonsense", "[]", "{}",
		"null", "{\"message\": 7}", "{\"message\": null}",
		"<html>502 Bad Gateway</html>", "{\"message\": \"cut" };

	for (size_t i = 0; i < nitems(bodies); i++) {
		struct err e;

		CU_ASSERT_EQUAL(expect(500, bodies[i], &e), -1);
		CU_ASSERT_STRING_EQUAL(e.text, "pause: HTTP 500: (no message)");
	}
}

static void
docker_expect_says_why_there_was_no_answer(void)
{
	struct err e;

	CU_ASSERT_EQUAL(expect(0, "", &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "pause: Couldn't connect to server");
}

static void
docker_expect_cuts_a_long_message(void)
{
	char body[1000] = "{\"message\": \"";
	struct err e;

	memset(body + strlen(body), 'x', 900);
	memcpy(body + strlen(body), "\"}", sizeof "\"}");
	CU_ASSERT_EQUAL(expect(500, body, &e), -1);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof e.text - 1);
}

void
add_docker_answer_suite(void)
{
	static const struct test_row tests[] = {
		TEST_ROW(docker_expect_takes_either_status),
		TEST_ROW(docker_expect_repeats_what_the_engine_said),
		TEST_ROW(docker_expect_survives_an_answer_without_a_message),
		TEST_ROW(docker_expect_says_why_there_was_no_answer),
		TEST_ROW(docker_expect_cuts_a_long_message),
	};

	suite_add("docker_answer", tests, nitems(tests));
}
