/*
 * worker/worker.h -- the worker process: many runs at once, one loop.
 *
 * A run's life, in worker/run.c and worker/ending.c, and, for the sake of its
 * container, once it is answered, in worker/recycle.c:
 *
 *     WAITING --> ASKED --> RUNNING -------------> answered --> ENDED, freed
 *      no pool    LEASE_ASK    |  \                 ^      \        ^
 *                              |   ENDING   KILL sent       RECYCLING
 *                              |    |       EXIT awaited    READY awaited
 *                              \--> LAST    frozen or lost: last bytes
 *
 * Runs in:  the worker process, which has neither Docker's socket nor the
 *           listening one.  Blocks: never.
 * Always:   a run that came from web ends in exactly one RESULT or REFUSED,
 *           unless web withdrew it; a lease is always returned.  What is
 *           RECYCLING is answered: it is not among the runs any more.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/child.h"
#include "common/frames.h"
#include "common/lease.h"
#include "common/order.h"
#include "worker/verdict.h"

struct event;
struct worker;

enum stage {
	STAGE_WAITING, /* for a pool to ask */
	STAGE_ASKED,   /* the pool, for a lease */
	STAGE_RUNNING,
	STAGE_ENDING,    /* KILL was sent, EXIT is awaited */
	STAGE_LAST,      /* frozen, or the stream was lost: last bytes */
	STAGE_RECYCLING, /* answered; the next sandbox is awaited */
	STAGE_ENDED,     /* freed when the loop comes round */
	STAGE_NSTAGES
};

struct run {
	TAILQ_ENTRY(run) link; /* in runs, or in recycling */
	struct worker *worker;
	uint64_t id;
	enum stage stage;
	struct run_order order;
	uint8_t *program; /* owned; order.program points here */

	uint64_t arrived_us, asked_us, granted_us, begun_us, deadline_us;
	struct run_timing timing;
	struct event *timer; /* ask's end; wall clock; the kill's grace */
	struct event *cpu_timer;

	bool leased;
	struct lease lease;
	int64_t oom_before, cpu_before_us;
	struct event *readable, *writable;
	struct msgbuf out; /* frames to the runner */
	size_t out_sent;
	struct demux demux;
	struct frame_reader reader;
	struct output_log output;
	uint8_t cut; /* streams that we cut, as FRAME_CUT_* */

	struct facts facts;
	char lost[128]; /* why the stream was lost; "" while it is not */

	bool ready, freezing; /* while it is RECYCLING */
};

struct worker {
	struct child child;
	struct channel *web, *pool;
	TAILQ_HEAD(run_list, run) runs, recycling;
	unsigned nruns, nrecycling;
	uint64_t finished;
	uint8_t *read_buffer; /* shared by all runs: used within one callback */
};

#define WORKER_READ_BYTES (128u * KIB)

/* run.c: the beginning */
void run_start(struct worker *w, uint64_t id, const struct run_order *order);
struct run *run_find(struct worker *w, uint64_t id);
/* The pool came (back): asks for what waits. */
void run_ask(struct run *r);
/* The pool went: what is leased is lost, what is asked waits. */
void run_pool_gone(struct run *r);
void run_granted(struct run *r, struct lease *lease);
/* The one door to r->stage; asserts that the step is allowed. */
void run_set_stage(struct run *r, enum stage to);
static inline bool
run_is_answered(const struct run *r)
{
	return r->stage == STAGE_RECYCLING || r->stage == STAGE_ENDED;
}
void run_set_timer(struct event *timer, uint64_t us);
/* Memory and processes, where they differ. */
int run_change_limits(const struct run *r, const struct run_limits *from,
    const struct run_limits *to, struct err *e);

/* ending.c: the end.  After those marked (!) the run must not be used. */

/* The runner shall end the program and say EXIT; else run_take_last_bytes. */
void run_ask_to_end(struct run *r, enum cause cause);
void run_take_last_bytes(struct run *r);
/* Has the kernel killed for memory in this run? */
bool run_note_memory(struct run *r);
/* (!) Answers with what there is. */
void run_finish(struct run *r);
/* (!) Ends it with an error for the client. */
void run_refuse(
    struct run *r, enum refusal refusal, uint32_t retry_s, const char *why);
/* (!) The client left, or web did: nobody wants the answer. */
void run_cancel(struct run *r);
/* (!) The pool says that the container is gone, for a reason of its own. */
void run_container_lost(struct run *r, const char *why);
/* (!) The stream broke, some time ago now: whose doing was it? */
void run_judge_lost_stream(struct run *r);
/* (!) Forgets a run that is in no list any more; freed from the loop. */
void run_forget(struct run *r);
/* Closes the lease and tells the pool how it ended. */
void run_return_lease(struct worker *w, uint64_t id, struct lease *lease,
    enum lease_verdict verdict, const char *details);

/*
 * recycle.c: the run is answered and clean; its container becomes fit for the
 * next one, or is returned with the reason why not.  After those marked (!)
 * it must not be used.
 */
void recycle_begin(struct run *r);
/* The runner said something, on its stream: only READY, once, or DIRTY. (!) */
int recycle_on_frame(struct run *r, unsigned type, struct msgbuf *body);
void recycle_on_timer(struct run *r);
/* (!) It is not fit. */
void recycle_fail(struct run *r, enum lease_verdict verdict, const char *why);
/* The pool says that a container is gone. */
void recycle_lost(struct worker *w, uint64_t id);
/* There is no pool any more that would take them back. */
void recycle_pool_gone(struct worker *w);
/* The service ends: all are returned as they are. */
void recycle_stop(struct worker *w);
/* Is this the id of one of them? */
bool recycle_has(const struct worker *w, uint64_t id);

/* stream.c: the runner's side of a run. */
int stream_open(struct run *r);
void stream_close(struct run *r);
/* Reads on, but keeps neither output nor anything to send. */
void stream_quieten(struct run *r);
/* Sends what is in r->out, the rest when the stream takes it. */
void stream_send(struct run *r);
/* Reads what is there now. */
void stream_read(struct run *r);

/* What stream.c found, in ending.c. */
void run_on_exit(struct run *r, const struct exit_frame *exit);
void run_on_fail(struct run *r, enum refusal refusal, const char *why);
void run_on_output_limit(struct run *r, enum run_stream stream);
void run_on_stream_lost(struct run *r, const char *why);

#endif
