/*
 * web/judge.h -- was an attack stopped?
 *
 * It was, when it ended as its catalog expects, says of nothing that it
 * ESCAPED, and, where it ended by itself, says what stopped it.  What the
 * service has not run, or what ended in another way, is neither stopped nor
 * escaped: it is not known.
 *
 * A pure function of how one run ended.
 */
#ifndef WEB_JUDGE_H
#define WEB_JUDGE_H

#include <jansson.h>
#include <stddef.h>

#include "common/order.h"

/* Of several runs the last in this order counts. */
enum judgement {
	JUDGED_STOPPED,
	JUDGED_SKIPPED, /* its language is not served here */
	JUDGED_ERROR,   /* it was not run to its end */
	JUDGED_UNCLEAR, /* it ended in another way than it should */
	JUDGED_ESCAPED, /* it got what no program may have */
	JUDGED_NJUDGEMENTS
};

/* "stopped", "escaped", ... */
const char *judgement_name(enum judgement judgement);

/* Lines of a result that are kept, of each kind. */
#define JUDGE_LINES_MAX 8
#define JUDGE_LINE_MAX  200

/*
 * expect: 1 << each enum run_status that is right.  Appends to `lines` the
 * first lines that say what was stopped or escaped, as plain ASCII; what is
 * not stopped has a sentence in why.
 */
enum judgement judge_run(uint32_t expect, const struct run_result *result,
    json_t *lines, char *why, size_t size);

#endif
