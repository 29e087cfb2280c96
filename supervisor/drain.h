/*
 * supervisor/drain.h -- the orderly end.
 *
 * At the first SIGTERM or SIGINT: web stops accepting and lets running
 * programs end within drain_ms; meanwhile the pool destroys what is idle.
 * Then the workers give everything back, then the pool destroys the rest.  At
 * a second signal nothing is waited for, but containers are still destroyed.
 * At a third, or when it takes too long, all children are killed; the next
 * start removes the containers that are left.
 *
 * A pool that dies meanwhile is started again: it would leave containers.
 */
#ifndef SUPERVISOR_DRAIN_H
#define SUPERVISOR_DRAIN_H

struct process;
struct supervisor;

/* A signal to stop came. */
void drain_signal(struct supervisor *sv, int signal);
/* A child said DRAINED: go on with whose turn it is. */
void drain_continue(struct supervisor *sv);
/* A child died, as it should by now or not. */
void drain_on_death(struct process *p);

#endif
