#include <stdio.h>

#include "tests/attacks/lib/attack.h"

int
probe(void)
{
	puts("nothing yet");
	return 0;
}
