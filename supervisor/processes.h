/*
 * supervisor/processes.h -- the children and their lives.
 *
 *     DOWN --> STARTING --> READY --> DOWN (obituary) --> ... started again
 *                  \___________________^
 *              no READY in time, pings unanswered, or it died
 *
 * One process of each role, several workers.  Who may talk to whom is the
 * table `links` in processes.c; what is not in it has no channel.
 *
 * Runs in:  the supervisor.  Blocks: never.
 * Always:   a child that is not DOWN has a pid that is ours to wait for.
 */
#ifndef SUPERVISOR_PROCESSES_H
#define SUPERVISOR_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/channel.h"
#include "common/languages.h"
#include "common/roles.h"
#include "common/settings.h"

#define PROCESSES_MAX (WORKERS_MAX + 2)

struct event;
struct event_base;
struct child_log;
struct supervisor;

enum process_state { PROCESS_DOWN, PROCESS_STARTING, PROCESS_READY };

struct process {
	struct supervisor *sv;
	enum role role;
	unsigned index;
	enum process_state state;
	pid_t pid;
	struct channel *control;
	struct child_log *log;
	struct event *deadline; /* READY in time; when DOWN: start again */
	unsigned unanswered;    /* pings */
	uint64_t started_us;
	uint32_t pause_ms; /* before the next start */
	unsigned restarts;
	bool drained;
	char last_death[128];
};

struct supervisor {
	struct event_base *base;
	struct settings settings;
	struct languages languages;
	char *settings_text;
	int listen_fd;
	int program_fd; /* our own executable, for the children */
	char url[128];
	uint64_t started_us;

	size_t n;
	struct process process[PROCESSES_MAX];

	bool filled; /* the pool has said so */
	bool said_ready;
	bool draining; /* see drain.h */
	int stage;
	unsigned stop_signals;
	unsigned pool_rescues; /* pools started while draining */
	bool forced;           /* stopped without order: containers left */
	struct event *drain_timer;
};

/* Makes the table of processes; starts none. */
void processes_plan(struct supervisor *sv);
/* Starts one that is DOWN; a failure is logged and tried again later. */
void process_start(struct process *p);
void process_kill(struct process *p, const char *why);
/* Waits for every child that has ended; SIGCHLD says when. */
void processes_reap(struct supervisor *sv);
/* PING to all, and the end of those that did not answer. */
void processes_ping(struct supervisor *sv);

const char *process_state_name(enum process_state state);

#endif
