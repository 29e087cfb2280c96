// attack: take all pipe pages
// tries: One program makes pipes of a megabyte until the user's share of pages
//   (64 MB) is used up, while the other needs a large pipe.
// wall: container
// without: The kernel counts the pages for a user id, across containers; all
//   other programs are left with pipes of one page.
// expect: ok
// together: hog look

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static bool
large_pipe(void)
{
	int ends[2];

	return pipe(ends) == 0 && fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) > 0;
}

int attack_starve_pipes(int argc, char **argv);

int
attack_starve_pipes(int argc, char **argv)
{
	int n = 0;

	if (word_is(argc, argv, "hog")) {
		while (large_pipe())
			n++;
		stopped("hog", "%s after %d", strerrorname_np(errno), n);
		sleep_ms(1200);
		return 0;
	}
	sleep_ms(500);
	while (n < 2 && large_pipe())
		n++;
	if (n == 2)
		stopped("starve", "I have mine");
	else
		escaped("starve", "no large pipe: %s", strerrorname_np(errno));
	return 0;
}
