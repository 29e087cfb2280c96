/*
 * pool/docker.h -- calls to the Docker Engine's HTTP API.
 *
 * libcurl's multi interface on the libevent loop, over the engine's Unix
 * socket; paths are without a version, which every engine answers with the
 * newest it has.  Each call ends in exactly one callback, never from inside
 * docker_call itself.
 *
 * Runs in:  the pool process, the only one that has this socket.
 * Blocks:   never.
 */
#ifndef POOL_DOCKER_H
#define POOL_DOCKER_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct docker;
struct docker_call;
struct event_base;

/* What came back.  Valid during the callback. */
struct docker_answer {
	int status;       /* HTTP status; 0: there was no answer */
	const char *body; /* ends with NUL; "" when there is none */
	size_t len;
	const char *problem; /* for status 0: what went wrong */
};

typedef void docker_done(void *arg, const struct docker_answer *answer);
typedef void docker_data(void *arg, const char *data, size_t n);

/* socket_path is copied.  NULL: no memory. */
struct docker *docker_new(
    struct event_base *base, const char *socket_path, uint32_t timeout_ms);

/* body: JSON text, copied, or NULL.  No memory: done with status 0. */
void docker_call(struct docker *d, const char *method, const char *path,
    const char *body, docker_done *done, void *arg);

/*
 * A GET whose answer never ends.  data gets it in pieces; an empty piece (n
 * 0) says that the engine has accepted.  done when it ends after all.
 */
void docker_follow(struct docker *d, const char *path, docker_data *data,
    docker_done *done, void *arg);

/*
 * 0 when the status is one of the two expected.  Else what the engine said,
 * as "what: HTTP 404: No such image", in e.
 */
int docker_expect(const struct docker_answer *answer, int expected,
    int expected_too, const char *what, struct err *e);

#endif
