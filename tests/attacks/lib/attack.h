/*
 * tests/attacks/lib/attack.h -- what the attacks in C share.
 *
 * An attack is a function `int attack_NAME(int argc, char **argv)` in
 * tests/attacks/c/NAME.c; argv[1] is its word, where it has several.  It runs
 * inside a sandbox and says one line for each thing it tried, "stopped: ..."
 * or "ESCAPED: ...".  All are linked into one static program, build/attacks.
 *
 * Nothing here blocks or frees; lines go to standard output at once.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define nitems(array) (sizeof(array) / sizeof(array)[0])

void stopped(const char *attempt, const char *why, ...)
    __attribute__((format(printf, 2, 3)));
void escaped(const char *attempt, const char *what, ...)
    __attribute__((format(printf, 2, 3)));

/* A call that must fail, in whatever way; result below 0: see errno. */
void must_fail(const char *attempt, long result);

/*
 * A call that must not even reach the kernel's code behind it: EPERM or
 * ENOSYS, as a filter answers.  Give it arguments that the kernel would refuse
 * with another error.
 */
void must_be_filtered(const char *attempt, long result);

/* Runs try(argument) in a child; gives its wait status. */
int in_child(void (*try)(void *argument), void *argument);

/* Whether argv[1] is the word. */
bool word_is(int argc, char **argv, const char *word);

/* Process ids that /proc shows, this one left out; at most max; how many. */
size_t visible_pids(pid_t *pids, size_t max);

void sleep_ms(long ms);

/* For tests, not an attack: prints all that this process can see around it. */
int probe(void);

#endif
