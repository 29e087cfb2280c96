/*
 * common/version_order.h -- which of two versions is the older one.
 *
 * As Debian orders them, for packages and for what upstream names: numbers as
 * numbers, "~" before the end, a revision after the last "-" that a digit
 * follows.  "1.2.0-rc.3" is before 1.2.0, as upstream means it; an epoch
 * ("5:24.0.7") and a leading "v" are passed over.
 *
 * Pure functions; they borrow.
 */
#ifndef COMMON_VERSION_ORDER_H
#define COMMON_VERSION_ORDER_H

#include <stdbool.h>

/* Below, equal to or above 0, as strcmp. */
int version_compare(const char *a, const char *b);

/* Are they the same but for the revision ("1.1.5+ds1-1", "1.1.5+ds1")? */
bool version_same_upstream(const char *a, const char *b);

#endif
