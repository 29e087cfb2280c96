// attack: watch everybody's files
// tries: fanotify: a group of its own (unprivileged ones exist since 5.13), and
//   one that may forbid what others open.
// wall: seccomp
// rule: fanotify_init fanotify_mark
// without: A program could see, or stop, what other processes open.
// expect: ok

#define _GNU_SOURCE
#include <sys/fanotify.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define REPORT_FID 0x200

int attack_watch_files(int argc, char **argv);

int
attack_watch_files(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("a group", fanotify_init(FAN_CLASS_CONTENT, 0));
	must_fail("an ordinary user's group",
	    fanotify_init(FAN_CLASS_NOTIF | REPORT_FID, 0));
	must_be_filtered("a mark, bad descriptor",
	    fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, -1, "/"));
	return 0;
}
