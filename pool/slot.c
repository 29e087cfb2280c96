#include "pool/slot.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "pool/attach.h"

static const bool may_become[SLOT_NSTATES][SLOT_NSTATES] = {
	[SLOT_CREATING] = { [SLOT_PAUSED] = true, [SLOT_DOOMED] = true },
	[SLOT_PAUSED] = { [SLOT_LEASED] = true, [SLOT_DOOMED] = true },
	/* Back to PAUSED only when it is clean: see reuse.c. */
	[SLOT_LEASED] = { [SLOT_PAUSED] = true, [SLOT_DOOMED] = true },
};

const char *
slot_state_name(enum slot_state state)
{
	static const char *const names[SLOT_NSTATES] = {
		[SLOT_CREATING] = "CREATING",
		[SLOT_PAUSED] = "PAUSED",
		[SLOT_LEASED] = "LEASED",
		[SLOT_DOOMED] = "DOOMED",
	};

	return names[state];
}

void
slots_init(struct slots *slots)
{
	memset(slots, 0, sizeof *slots);
	for (size_t l = 0; l < LANGUAGES_MAX; l++)
		for (size_t state = 0; state < SLOT_NSTATES; state++)
			TAILQ_INIT(&slots->in[l][state]);
}

static void
join(struct slots *slots, struct slot *s)
{
	struct slot_list *list = &slots->in[s->language][s->state];
	struct slot *fresh = NULL;

	/* The list of PAUSED is lent last-in-first-out, the used ones first. */
	if (s->state == SLOT_PAUSED && s->uses == 0) {
		fresh = slots_idle(slots, s->language, true);
		if (fresh != NULL)
			TAILQ_INSERT_BEFORE(fresh, s, link);
		else
			TAILQ_INSERT_TAIL(list, s, link);
	} else {
		TAILQ_INSERT_HEAD(list, s, link);
	}
	slots->count[s->language][s->state]++;
}

static void
leave(struct slots *slots, struct slot *s)
{
	TAILQ_REMOVE(&slots->in[s->language][s->state], s, link);
	slots->count[s->language][s->state]--;
}

struct slot *
slot_new(struct slots *slots, struct pool *pool, uint16_t language)
{
	struct slot *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->pool = pool;
	s->language = language;
	s->number = slots->next_number++;
	s->stream_fd = -1;
	s->created_us = clock_us();
	cgroup_init(&s->cgroup);
	frame_reader_init(&s->reader, FRAME_FROM_RUNNER_MAX);
	s->state = SLOT_CREATING;
	join(slots, s);
	return s;
}

void
slot_set_state(
    struct slots *slots, struct slot *s, enum slot_state to, const char *why)
{
	assert(may_become[s->state][to]);
	log_debug("container=%u %s -> %s: %s", s->number,
	    slot_state_name(s->state), slot_state_name(to), why);
	leave(slots, s);
	s->state = to;
	join(slots, s);
}

void
slot_free(struct slots *slots, struct slot *s)
{
	leave(slots, s);
	attach_cancel(s->attach);
	if (s->stream_event != NULL)
		event_free(s->stream_event);
	if (s->stream_fd >= 0)
		close(s->stream_fd);
	cgroup_close(&s->cgroup);
	frame_reader_fini(&s->reader);
	free(s);
}

struct slot *
slots_find_lease(struct slots *slots, const struct worker *worker, uint64_t run)
{
	for (size_t l = 0; l < LANGUAGES_MAX; l++) {
		struct slot *s;

		TAILQ_FOREACH(s, &slots->in[l][SLOT_LEASED], link)
			if (s->worker == worker && s->run == run)
				return s;
	}
	return NULL;
}

struct slot *
slots_find_name(struct slots *slots, const char *name)
{
	for (size_t l = 0; l < LANGUAGES_MAX; l++)
		for (size_t state = 0; state < SLOT_NSTATES; state++) {
			struct slot *s;

			TAILQ_FOREACH(s, &slots->in[l][state], link)
				if (strcmp(s->name, name) == 0)
					return s;
		}
	return NULL;
}

struct slot *
slots_idle(const struct slots *slots, uint16_t language, bool fresh)
{
	struct slot *s;

	TAILQ_FOREACH(s, &slots->in[language][SLOT_PAUSED], link)
		if (!fresh || s->uses == 0)
			return s;
	return NULL;
}

struct slot *
slots_idle_coldest(const struct slots *slots, uint16_t language)
{
	struct slot *s;

	TAILQ_FOREACH_REVERSE(
	    s, &slots->in[language][SLOT_PAUSED], slot_list, link)
	if (s->uses > 0)
		return s;
	return NULL;
}

uint32_t
slots_total(const struct slots *slots, uint16_t language)
{
	uint32_t total = 0;

	for (size_t state = 0; state < SLOT_NSTATES; state++)
		total += slots->count[language][state];
	return total;
}
