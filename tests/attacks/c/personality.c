// attack: change the personality
// tries: Switches address randomisation off, makes readable memory executable,
//   asks for 32-bit addresses and old time-outs.
// wall: seccomp
// rule: personality
// without: Exploits become easier, and it is inherited by what one starts.
// expect: ok

#include <sys/personality.h>

#include "tests/attacks/lib/attack.h"

int attack_personality(int argc, char **argv);

int
attack_personality(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_fail("no randomisation", personality(ADDR_NO_RANDOMIZE));
	must_fail("read implies exec", personality(READ_IMPLIES_EXEC));
	must_fail("map page zero", personality(MMAP_PAGE_ZERO));
	must_fail("32-bit addresses", personality(ADDR_LIMIT_3GB));
	must_fail("another system", personality(PER_LINUX32));
	if (personality(0xffffffff) != 0)
		escaped("to ask", "%x", (unsigned)personality(0xffffffff));
	return 0;
}
