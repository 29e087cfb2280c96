/*
 * web/attacks.h -- the attacks of tests/attacks as the self-test runs them.
 *
 * The catalog and the program with the attacks in C are inside our own
 * program (web/attacks_data.S); they are read when a self-test begins, and
 * freed when it ends.
 *
 * Runs in:  web.  Blocks: never; some ms for reading all of them.
 */
#ifndef WEB_ATTACKS_H
#define WEB_ATTACKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/run.h"
#include "common/settings.h"

/* Everything is borrowed from the catalog. */
struct attack {
	json_t *json;         /* its row */
	const char *name;     /* "mount_classic" */
	const char *wall;     /* "seccomp" */
	const char *language; /* of the request: an attack in C is bash */
	bool is_c;
	uint32_t expect;     /* 1 << enum run_status, each that is right */
	const json_t *words; /* one run for each */
	size_t nruns;        /* at least 1 */
	bool together;       /* all at the same time, not one by one */
};

#define ATTACK_RUNS_MAX 8

struct attacks {
	json_t *catalog;
	json_t *binary; /* the program with those in C, base64 */
	struct attack *all;
	size_t n;
};

/* What is embedded, for attacks_load(). */
extern const char attacks_catalog[], attacks_binary[];
extern const uint64_t attacks_catalog_bytes, attacks_binary_bytes;

/* The error names the row and what is wrong in it. */
int attacks_read(struct attacks *ret, const char *catalog, size_t n,
    const void *binary, size_t binary_len, struct err *e);
/* The embedded ones. */
int attacks_load(struct attacks *ret, struct err *e);
void attacks_free(struct attacks *attacks);

/*
 * The request for its i-th run, as of POST /run.  Limits are the suite's own,
 * not this service's defaults, but never above its maxima.  NULL: no memory.
 */
json_t *attack_order(const struct attacks *attacks, const struct attack *attack,
    size_t i, const struct settings *settings);

#endif
