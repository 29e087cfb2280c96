#include "common/version_order.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* Part of a version that belongs to someone else. */
struct piece {
	const char *at;
	size_t len;
};

static bool
is_digit(struct piece p)
{
	return p.len > 0 && isdigit((unsigned char)p.at[0]);
}

static void
skip(struct piece *p)
{
	p->at++;
	p->len--;
}

/* "v1.2" and "5:1.2" are 1.2. */
static struct piece
without_epoch(const char *version)
{
	const char *start = version, *digits;

	if (start[0] == 'v')
		start++;
	digits = start + strspn(start, "0123456789");
	if (digits > start && *digits == ':')
		start = digits + 1;
	return (struct piece){ start, strlen(start) };
}

/* Cuts the revision off; empty where there is none. */
static struct piece
split_revision(struct piece *version)
{
	for (size_t i = version->len; i > 1; i--) {
		struct piece rest = { version->at + i, version->len - i };

		if (version->at[i - 1] != '-' || !is_digit(rest))
			continue;
		version->len = i - 1;
		return rest;
	}
	return (struct piece){ "", 0 };
}

/* Where a character stands: ~, the end (or a digit), letters, all others. */
static int
rank(struct piece p)
{
	if (p.len == 0 || is_digit(p))
		return 0;
	if (p.at[0] == '~' ||
	    (p.at[0] == '-' && p.len > 1 && isalpha((unsigned char)p.at[1])))
		return -1; /* "-rc.1" is meant as "~rc.1" */
	if (isalpha((unsigned char)p.at[0]))
		return p.at[0];
	return 256 + (unsigned char)p.at[0];
}

/* Both numbers are taken away. */
static int
compare_numbers(struct piece *a, struct piece *b)
{
	int first = 0;

	while (a->len > 0 && a->at[0] == '0')
		skip(a);
	while (b->len > 0 && b->at[0] == '0')
		skip(b);
	while (is_digit(*a) && is_digit(*b)) {
		if (first == 0)
			first = a->at[0] - b->at[0];
		skip(a);
		skip(b);
	}
	return is_digit(*a) ? 1 : is_digit(*b) ? -1 : first;
}

static int
compare_pieces(struct piece a, struct piece b)
{
	while (a.len > 0 || b.len > 0) {
		int difference;

		while ((a.len > 0 && !is_digit(a)) ||
		    (b.len > 0 && !is_digit(b))) {
			difference = rank(a) - rank(b);
			if (difference != 0)
				return difference;
			skip(&a);
			skip(&b);
		}
		difference = compare_numbers(&a, &b);
		if (difference != 0)
			return difference;
	}
	return 0;
}

int
version_compare(const char *a, const char *b)
{
	struct piece one = without_epoch(a), other = without_epoch(b);
	struct piece one_revision = split_revision(&one);
	struct piece other_revision = split_revision(&other);
	int difference = compare_pieces(one, other);

	return difference ? difference :
			    compare_pieces(one_revision, other_revision);
}

bool
version_same_upstream(const char *a, const char *b)
{
	struct piece one = without_epoch(a), other = without_epoch(b);

	split_revision(&one);
	split_revision(&other);
	return compare_pieces(one, other) == 0;
}
