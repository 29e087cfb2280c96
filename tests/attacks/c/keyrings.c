// attack: leave a key in a keyring
// tries: Adds a key to each keyring that a user has (thread, process, session,
//   user); the next program looks for it. Keyrings belong to the user id and
//   know no container.
// wall: seccomp
// rule: add_key request_key keyctl
// without: A message box from one program to the next, a quota that all share,
//   and kernel code with a record.
// expect: ok
// runs: plant look

#define _GNU_SOURCE
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_keyrings(int argc, char **argv);

int
attack_keyrings(int argc, char **argv)
{
	char what[64];

	for (int ring = KEY_SPEC_THREAD_KEYRING;
	     ring >= KEY_SPEC_USER_SESSION_KEYRING; ring--) {
		snprintf(what, sizeof what, "keyring %d", ring);
		if (word_is(argc, argv, "plant"))
			must_be_filtered(what,
			    syscall(SYS_add_key, "user", "left-behind", "x", 1,
				ring));
		else
			must_be_filtered(what,
			    syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user",
				"left-behind", 0));
	}
	must_be_filtered("a new session keyring",
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 1));
	must_be_filtered("ask for a key",
	    syscall(SYS_request_key, "user", "left-behind", NULL, 0));
	return 0;
}
