/*
 * common/log.h -- one line for each thing that happened.
 *
 *     2026-11-22T10:00:00.123Z info  worker run=5f3a... finished status=ok
 *
 * Time, level, process, then key=value subjects, then words.  The same run
 * has the same `run=` in every process.  A line goes to standard error with
 * one write; in a child that is a pipe to the supervisor.  When nobody reads,
 * the line is dropped and counted, for a log may never stop a run; the next
 * line that gets through says how many were lost.  Control characters are
 * written as '?', so that a line stays a line.
 *
 * Blocks: never; standard error is asked first whether it takes a line.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stddef.h>

/* In the order of the setting log_level's words. */
enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR
};

/* role is borrowed and shown in each line. */
void log_init(const char *role, enum log_level level);
void log_set_level(enum log_level level);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that a child has already formed, newline included. */
void log_raw(const char *text, size_t n);

#endif
