/*
 * common/frames.h -- what a worker and the runner in a container say to each
 * other over the exec stream.
 *
 * To the runner goes a plain byte stream of frames.  Back comes Docker's
 * multiplexed stream: 8 bytes of header (stream, 0, 0, 0, big-endian length)
 * and payload, cut anywhere.  Its stream 1 is frames; its stream 2 is the
 * runner's own standard error, and goes to our log.
 *
 * A frame is u32 length of the body, u8 type, body; little-endian.  What a
 * program writes travels inside OUT and ERR bodies, so nothing that it writes
 * can be taken for a frame.
 *
 *     runner                           pool, later worker
 *     HELLO, READY  ---------------->  (pool: the container may wait paused)
 *                   <----------------  RUN
 *     OUT, ERR ...  ---------------->
 *                   <----------------  KILL (a clock ran out, or output)
 *     EXIT, or FAIL, or TOO_LARGE -->
 *     READY, or DIRTY  ------------->   (another program can be run, or not)
 *
 * A runner that has no inner wall says READY once: its container is used up
 * by one program.
 *
 * Linked into the daemons and into the runner.  Blocks: never.
 */
#ifndef COMMON_FRAMES_H
#define COMMON_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/msgbuf.h"

/* Changed with any row below: pool refuses a runner of another version. */
#define FRAMES_VERSION 3

enum frame_type {
	/* to the runner */
	FRAME_RUN = 1,  /* struct run_frame, below */
	FRAME_KILL = 2, /* empty: end the program, then say EXIT */
	/* from the runner */
	FRAME_HELLO = 64, /* struct hello_frame, below */
	FRAME_READY = 65, /* empty: a program can be run */
	FRAME_OUT = 66,   /* bytes of standard output */
	FRAME_ERR = 67,   /* bytes of standard error */
	FRAME_EXIT = 68,  /* struct exit_frame, below */
	/* str: why the program could not be started.  It may quote a file's
	 * name, so it holds any bytes. */
	FRAME_FAIL = 69,
	/* str, like FAIL: the run's files do not fit; the client's doing */
	FRAME_TOO_LARGE = 70,
	/* str, for people: what outlived the program; no READY follows */
	FRAME_DIRTY = 71,
};

#define FRAME_HEADER_BYTES    5
#define FRAME_WHY_MAX         256         /* with its NUL: struct err */
#define FRAME_OUTPUT_MAX      65536u      /* body of one OUT or ERR */
#define FRAME_TO_RUNNER_MAX   (16u << 20) /* body of RUN */
#define FRAME_FROM_RUNNER_MAX FRAME_OUTPUT_MAX

/*
 * HELLO: u32 version, u8 walled, str why it is not ("" when it is).  Behind
 * the version a runner of another one may have said anything.
 */
struct hello_frame {
	uint32_t version;
	bool walled; /* each program gets an inner wall of its own */
	char why_not[FRAME_WHY_MAX];
};

/*
 * RUN: u32 cpu_s, u32 file_mb, u32 open_files, u64 output_bytes, then the
 * program: u16 n + n str arguments (the first is the file to execute), u16 n
 * + n str "NAME=value", u16 n + n (str name, block content) files, block
 * standard input.
 */
struct run_frame {
	uint32_t cpu_s;        /* RLIMIT_CPU; the worker's own clock is finer */
	uint32_t file_mb;      /* RLIMIT_FSIZE */
	uint32_t open_files;   /* RLIMIT_NOFILE */
	uint64_t output_bytes; /* of each of stdout and stderr */
};

enum exit_how { EXIT_EXITED, EXIT_SIGNALLED };
enum exit_cause {
	EXIT_BY_ITSELF,
	EXIT_OUTPUT_LIMIT,
	EXIT_KILLED, /* by KILL */
	/* Somebody killed what watches over it; how and value are a guess. */
	EXIT_LOST,
	EXIT_NCAUSES,
};

/*
 * EXIT: u8 how, u32 value, u8 cause, u8 cut streams (bit 0 stdout, bit 1
 * stderr), u64 wall_us, u64 cpu_us, u64 memory_kb.
 */
struct exit_frame {
	enum exit_how how;
	uint32_t value; /* exit code or signal number */
	enum exit_cause cause;
	uint8_t cut; /* FRAME_CUT_* */
	uint64_t wall_us;
	uint64_t cpu_us;    /* of every process of the run that was reaped */
	uint64_t memory_kb; /* largest resident set of one process */
};
#define FRAME_CUT_STDOUT 1u
#define FRAME_CUT_STDERR 2u

/* Starts a frame in m; frame_end writes its length.  Returns its place. */
size_t frame_begin(struct msgbuf *m, enum frame_type type);
void frame_end(struct msgbuf *m, size_t place);

void hello_frame_put(struct msgbuf *m, const struct hello_frame *hello);
/* -1 also for another version than ours. */
int hello_frame_get(struct msgbuf *m, struct hello_frame *ret_hello);
void run_frame_put(struct msgbuf *m, const struct run_frame *run);
/* Reads the numbers; the program is what is left in m. */
int run_frame_get(struct msgbuf *m, struct run_frame *ret_run);
void exit_frame_put(struct msgbuf *m, const struct exit_frame *exit);
int exit_frame_get(struct msgbuf *m, struct exit_frame *ret_exit);

/* Less than 0 from a handler stops the reader, which gives it back. */
typedef int frame_handler(void *arg, unsigned type, struct msgbuf *body);

struct frame_reader {
	struct msgbuf partial; /* a frame that is not whole yet */
	size_t body_max;
};

void frame_reader_init(struct frame_reader *r, size_t body_max);
void frame_reader_fini(struct frame_reader *r);
/*
 * Gives every whole frame in data to the handler; keeps the rest.  -1: a body
 * above body_max, no memory, or the handler's own refusal.
 */
int frame_reader_feed(struct frame_reader *r, const void *data, size_t n,
    frame_handler *handle, void *arg);
/* Nothing of a frame is waiting for its end. */
bool frame_reader_is_empty(const struct frame_reader *r);

/* Docker's header, taken apart as it comes. */
struct demux {
	uint8_t header[8];
	size_t have;   /* bytes of the header */
	uint32_t left; /* bytes of payload still to come */
};

typedef int
demux_handler(void *arg, unsigned stream, const uint8_t *data, size_t n);
/* -1: a stream that is neither 1 nor 2, or the handler's own refusal. */
int demux_feed(struct demux *d, const uint8_t *data, size_t n,
    demux_handler *handle, void *arg);
bool demux_is_empty(const struct demux *d);

#endif
