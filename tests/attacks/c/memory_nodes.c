// attack: move memory between nodes
// tries: mbind, set_mempolicy, get_mempolicy, migrate_pages, move_pages: of
//   itself and of process 1.
// wall: seccomp
// rule: mbind set_mempolicy get_mempolicy migrate_pages move_pages
// without: Physical placement of one's pages, which helps attacks on memory
//   cells, and work for the kernel that nobody accounts.
// expect: ok

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_memory_nodes(int argc, char **argv);

int
attack_memory_nodes(int argc, char **argv)
{
	(void)argc, (void)argv;
	must_be_filtered("mbind", syscall(SYS_mbind, 0, 0, 0, 0, 0, 0));
	must_be_filtered("set_mempolicy", syscall(SYS_set_mempolicy, 0, 0, 0));
	must_be_filtered(
	    "get_mempolicy", syscall(SYS_get_mempolicy, 0, 0, 0, 0, 0));
	must_be_filtered(
	    "migrate_pages of mine", syscall(SYS_migrate_pages, 0, 0, 0, 0));
	must_be_filtered(
	    "move_pages of mine", syscall(SYS_move_pages, 0, 0, 0, 0, 0, 0));
	must_fail("move_pages of process 1",
	    syscall(SYS_move_pages, 1, 1, 1, 0, 0, 0));
	return 0;
}
