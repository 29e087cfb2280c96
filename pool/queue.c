#include "pool/queue.h"

#include <stdlib.h>
#include <string.h>

void
wait_queue_init(struct wait_queue *q, uint32_t max)
{
	memset(q, 0, sizeof *q);
	q->max = max;
	for (size_t l = 0; l < LANGUAGES_MAX; l++)
		TAILQ_INIT(&q->of[l]);
}

static void
drop(struct wait_queue *q, struct ask *a)
{
	TAILQ_REMOVE(&q->of[a->language], a, link);
	q->count[a->language]--;
	q->fresh[a->language] -= a->fresh;
	q->total--;
	free(a);
}

bool
wait_queue_push(struct wait_queue *q, const struct ask *ask)
{
	struct ask *a;

	if (q->total >= q->max || (a = malloc(sizeof *a)) == NULL)
		return false;
	*a = *ask;
	TAILQ_INSERT_TAIL(&q->of[a->language], a, link);
	q->count[a->language]++;
	q->fresh[a->language] += a->fresh;
	q->total++;
	return true;
}

bool
wait_queue_pop(
    struct wait_queue *q, uint16_t language, bool fresh, struct ask *ret)
{
	struct ask *a;

	TAILQ_FOREACH(a, &q->of[language], link)
		if (fresh || !a->fresh)
			break;
	if (a == NULL)
		return false;
	*ret = *a;
	drop(q, a);
	return true;
}

bool
wait_queue_is_fresh_next(const struct wait_queue *q, uint16_t language)
{
	const struct ask *a = TAILQ_FIRST(&q->of[language]);

	return a != NULL && a->fresh;
}

bool
wait_queue_expire(struct wait_queue *q, uint64_t now_us, struct ask *ret)
{
	for (size_t l = 0; l < LANGUAGES_MAX; l++) {
		struct ask *a;

		/* Deadlines differ by ask, so the oldest is not always first.
		 */
		TAILQ_FOREACH(a, &q->of[l], link) {
			if (a->deadline_us > now_us)
				continue;
			*ret = *a;
			drop(q, a);
			return true;
		}
	}
	return false;
}

uint64_t
wait_queue_deadline(const struct wait_queue *q)
{
	uint64_t earliest = 0;

	for (size_t l = 0; l < LANGUAGES_MAX; l++) {
		const struct ask *a;

		TAILQ_FOREACH(a, &q->of[l], link)
			if (earliest == 0 || a->deadline_us < earliest)
				earliest = a->deadline_us;
	}
	return earliest;
}

bool
wait_queue_remove(
    struct wait_queue *q, const struct worker *worker, uint64_t run)
{
	for (size_t l = 0; l < LANGUAGES_MAX; l++) {
		struct ask *a;

		TAILQ_FOREACH(a, &q->of[l], link)
			if (a->worker == worker && a->run == run) {
				drop(q, a);
				return true;
			}
	}
	return false;
}

unsigned
wait_queue_remove_worker(struct wait_queue *q, const struct worker *worker)
{
	unsigned n = 0;

	for (size_t l = 0; l < LANGUAGES_MAX; l++) {
		struct ask *a = TAILQ_FIRST(&q->of[l]);

		while (a != NULL) {
			struct ask *next = TAILQ_NEXT(a, link);

			if (a->worker == worker) {
				drop(q, a);
				n++;
			}
			a = next;
		}
	}
	return n;
}
