// attack: type into a terminal
// tries: TIOCSTI and TIOCLINUX on the standard streams, on /dev/tty and on
//   /dev/console: characters that the operator's shell would execute.
// wall: container
// without: With a terminal in the container (docker run -t) the operator would
//   run the program's commands.
// expect: ok

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

static void
type_into(const char *name, int fd)
{
	char text[] = "\nid\n", paste = 3, what[64];

	snprintf(what, sizeof what, "type into %s", name);
	must_fail(what, fd < 0 ? fd : ioctl(fd, TIOCSTI, text));
	snprintf(what, sizeof what, "paste into %s", name);
	must_fail(what, fd < 0 ? fd : ioctl(fd, TIOCLINUX, &paste));
}

int attack_terminal_input(int argc, char **argv);

int
attack_terminal_input(int argc, char **argv)
{
	static const char *const devices[] = { "/dev/tty", "/dev/console",
		"/dev/tty0", "/dev/ptmx", "/dev/pts/0" };

	(void)argc, (void)argv;
	type_into("stdin", 0);
	type_into("stdout", 1);
	type_into("stderr", 2);
	for (size_t i = 0; i < nitems(devices); i++)
		type_into(devices[i], open(devices[i], O_RDWR | O_NOCTTY));
	return 0;
}
