/*
 * pool/facts.h -- what the engine says of itself and of its parts.
 *
 * For people, and for the self-test's warnings: nothing is decided by it.
 *
 * facts_take_version() and facts_take_info() put into *facts what they know
 * of an answer to GET /version and GET /info, and pass over the rest; they
 * borrow the answer.
 */
#ifndef POOL_FACTS_H
#define POOL_FACTS_H

#include <jansson.h>

struct pool;

/* Asks the engine anew; pool->facts fills as the answers come. */
void facts_ask(struct pool *pool);

void facts_take_version(json_t *facts, const json_t *said);
void facts_take_info(json_t *facts, const json_t *said);

#endif
