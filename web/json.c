#include "web/json.h"

#include <string.h>

#include "common/auto.h"
#include "common/messages.h"

void
json_respond(struct http_request *r, unsigned status, json_t *value)
{
	auto_free char *text = value ?
	    json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(9)) :
	    NULL;
	struct msgbuf body;
	struct fault f;

	json_decref(value);
	msgbuf_init(&body, 64 * MIB);
	if (text != NULL)
		msgbuf_put_raw(&body, text, strlen(text));
	msgbuf_put_u8(&body, '\n');
	if (text == NULL || body.bad) {
		msgbuf_fini(&body);
		fault_set(&f, 500, "internal", "out of memory");
		http_respond_fault(r, &f);
		return;
	}
	http_respond(r,
	    &(struct http_response){
		.status = status,
		.retry_after_s = status == 503 ? 1 : 0,
		.body = &body,
	    });
}
