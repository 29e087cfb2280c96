/*
 * attacks NAME [WORD]: one of the attacks of tests/attacks/c.
 *
 * The table is made by the Makefile from the names of the files, so a file
 * that is there is in it, and has its function, or does not link.
 */
#include <stdio.h>
#include <string.h>

#include "tests/attacks/lib/attack.h"

#define ATTACK(name) int attack_##name(int argc, char **argv);
#include "build/attack-objects/table.def"
#undef ATTACK

static const struct attack {
	const char *name;
	int (*run)(int argc, char **argv);
} attacks[] = {
#define ATTACK(name) { #name, attack_##name },
#include "build/attack-objects/table.def"
#undef ATTACK
};

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IONBF, 0);
	if (strcmp(name, "probe") == 0)
		return probe();
	for (size_t i = 0; i < nitems(attacks); i++)
		if (strcmp(name, attacks[i].name) == 0)
			return attacks[i].run(argc - 1, argv + 1);
	fprintf(stderr, "attacks: there is no attack '%s'\n", name);
	return 2;
}
