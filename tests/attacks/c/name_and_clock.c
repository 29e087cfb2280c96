// attack: change the machine's name and clock
// tries: sethostname, setdomainname, settimeofday, clock_settime, adjtimex,
//   clock_adjtime.
// wall: seccomp
// rule: sethostname setdomainname settimeofday clock_settime adjtimex
//   clock_adjtime
// without: The clock is the whole machine's: certificates, logs and time-outs
//   of everybody.
// expect: ok

#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_name_and_clock(int argc, char **argv);

int
attack_name_and_clock(int argc, char **argv)
{
	struct timex nothing;

	(void)argc, (void)argv;
	memset(&nothing, 0, sizeof nothing);
	must_fail("the name", sethostname("owned", 5));
	must_fail("the domain", setdomainname("owned", 5));
	must_be_filtered(
	    "settimeofday, bad pointer", syscall(SYS_settimeofday, 1, 0));
	must_be_filtered(
	    "clock_settime, no such clock", syscall(SYS_clock_settime, 99, 1));
	must_be_filtered(
	    "adjtimex, only asking", syscall(SYS_adjtimex, &nothing));
	must_be_filtered("clock_adjtime, only asking",
	    syscall(SYS_clock_adjtime, 0, &nothing));
	return 0;
}
