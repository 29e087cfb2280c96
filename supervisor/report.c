#include "supervisor/report.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/stats.h"
#include "common/version.h"
#include "supervisor/processes.h"

void
report_ready(const struct supervisor *sv)
{
	printf("Safe Code Executor is ready: %s (Ctrl-C stops it)\n", sv->url);
	fflush(stdout);
}

static json_t *
process_json(const struct process *p)
{
	uint64_t up_us = p->state == PROCESS_DOWN ? 0 :
						    clock_us() - p->started_us;

	/* clang-format off */
	return json_pack("{s:s, s:i, s:i, s:s, s:i, s:I, s:s?}",
	    "role", role_name(p->role), "index", (int)p->index,
	    "pid", (int)p->pid, "state", process_state_name(p->state),
	    "restarts", (int)p->restarts,
	    "uptime_s", (json_int_t)(up_us / 1000000),
	    "last_death", p->last_death[0] ? p->last_death : NULL);
	/* clang-format on */
}

void
report_send_stats(const struct supervisor *sv, struct channel *to, uint64_t id)
{
	json_t *processes = json_array();
	struct utsname kernel = { .release = "" };
	json_t *stats;

	uname(&kernel);
	for (size_t i = 0; i < sv->n; i++)
		json_array_append_new(processes, process_json(&sv->process[i]));
	/* clang-format off */
	stats = json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:{s:s, s:s}, s:o}",
	    "version", PROGRAM_VERSION, "instance", sv->settings.instance,
	    "url", sv->url, "state", sv->draining ? "stopping" : "serving",
	    "pid", (int)getpid(), "uptime_s",
	    (json_int_t)((clock_us() - sv->started_us) / 1000000),
	    "kernel", "release", kernel.release, "build", kernel.version,
	    "processes", processes);
	/* clang-format on */
	stats_send(to, id, stats);
}
