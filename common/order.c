#include "common/order.h"

#include "common/bytes.h"

void
run_order_put(struct msgbuf *m, const struct run_order *order)
{
	msgbuf_put_u16(m, order->language);
	msgbuf_put_u8(m, order->fresh);
	msgbuf_put_u32(m, order->limits.wall_ms);
	msgbuf_put_u32(m, order->limits.cpu_ms);
	msgbuf_put_u32(m, order->limits.memory_mb);
	msgbuf_put_u32(m, order->limits.processes);
	msgbuf_put_u32(m, order->limits.output_kb);
	msgbuf_put_raw(m, order->program, order->program_len);
}

int
run_order_get(struct msgbuf *m, struct run_order *ret_order)
{
	struct run_order order;
	uint8_t fresh;

	order.language = msgbuf_get_u16(m);
	fresh = msgbuf_get_u8(m);
	order.fresh = fresh;
	order.limits.wall_ms = msgbuf_get_u32(m);
	order.limits.cpu_ms = msgbuf_get_u32(m);
	order.limits.memory_mb = msgbuf_get_u32(m);
	order.limits.processes = msgbuf_get_u32(m);
	order.limits.output_kb = msgbuf_get_u32(m);
	order.program_len = msgbuf_left(m);
	order.program = msgbuf_get_raw(m, order.program_len);
	if (!msgbuf_done(m) || fresh > 1)
		return -1;
	*ret_order = order;
	return 0;
}

void
run_result_put(struct msgbuf *m, const struct run_result *result)
{
	msgbuf_put_u8(m, (uint8_t)result->status);
	msgbuf_put_u8(m, result->has_exit_code);
	msgbuf_put_u8(m, result->cut);
	msgbuf_put_u8(m, result->recycled);
	msgbuf_put_u32(m, result->exit_code);
	msgbuf_put_u32(m, result->signal);
	msgbuf_put_u64(m, result->wall_us);
	msgbuf_put_u64(m, result->cpu_us);
	msgbuf_put_u64(m, result->memory_kb);
	msgbuf_put_u64(m, result->timing.lease_us);
	msgbuf_put_u64(m, result->timing.thaw_us);
	msgbuf_put_u64(m, result->timing.run_us);
	msgbuf_put_u64(m, result->timing.worker_us);
	msgbuf_put_str(m, result->detail);
	msgbuf_put_raw(m, result->output, result->output_len);
}

int
run_result_get(struct msgbuf *m, struct run_result *ret_result)
{
	struct run_result result;
	uint8_t recycled;

	result.status = msgbuf_get_u8(m);
	result.has_exit_code = msgbuf_get_u8(m);
	result.cut = msgbuf_get_u8(m);
	recycled = msgbuf_get_u8(m);
	result.recycled = recycled;
	result.exit_code = msgbuf_get_u32(m);
	result.signal = msgbuf_get_u32(m);
	result.wall_us = msgbuf_get_u64(m);
	result.cpu_us = msgbuf_get_u64(m);
	result.memory_kb = msgbuf_get_u64(m);
	result.timing.lease_us = msgbuf_get_u64(m);
	result.timing.thaw_us = msgbuf_get_u64(m);
	result.timing.run_us = msgbuf_get_u64(m);
	result.timing.worker_us = msgbuf_get_u64(m);
	msgbuf_get_str(m, result.detail, sizeof result.detail);
	result.output_len = msgbuf_left(m);
	result.output = msgbuf_get_raw(m, result.output_len);
	if (!msgbuf_done(m) || result.status >= RUN_NSTATUSES || recycled > 1)
		return -1;
	*ret_result = result;
	return 0;
}

void
output_log_init(struct output_log *log, size_t max)
{
	*log = (struct output_log){ 0 };
	msgbuf_init(&log->bytes, max);
}

void
output_log_fini(struct output_log *log)
{
	msgbuf_fini(&log->bytes);
}

int
output_log_add(
    struct output_log *log, enum run_stream stream, const void *data, size_t n)
{
	struct msgbuf *m = &log->bytes;

	if (n == 0)
		return 0;
	if (m->len > 0 && m->data[log->tail] == stream) {
		uint32_t before = bytes_get_u32(m->data + log->tail + 1);

		msgbuf_put_raw(m, data, n);
		msgbuf_set_u32(m, log->tail + 1, before + (uint32_t)n);
	} else {
		size_t tail = m->len;

		msgbuf_put_u8(m, (uint8_t)stream);
		msgbuf_put_block(m, data, n);
		log->tail = tail;
	}
	log->total[stream - 1] += n;
	return m->bad ? -1 : 0;
}

int
output_next(struct msgbuf *m, enum run_stream *ret_stream,
    const void **ret_data, size_t *ret_n)
{
	uint8_t stream = msgbuf_get_u8(m);

	*ret_data = msgbuf_get_block(m, ret_n);
	if (m->bad || (stream != RUN_STDOUT && stream != RUN_STDERR))
		return -1;
	*ret_stream = stream;
	return 0;
}
