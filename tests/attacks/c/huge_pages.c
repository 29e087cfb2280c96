// attack: the machine's huge pages
// tries: Asks for huge pages by memfd_create, mmap and shmget, also with bits
//   that the kernel does not look at.
// wall: seccomp
// rule: memfd_create mmap shmget
// without: Where the machine keeps huge pages for a database, a program takes
//   them, and no memory limit counts it.
// expect: ok

#define _GNU_SOURCE
#include <linux/memfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

#define HIGH (1L << 40)
#define MUCH (4UL << 20)

int attack_huge_pages(int argc, char **argv);

int
attack_huge_pages(int argc, char **argv)
{
	const long shared = SHM_HUGETLB | IPC_CREAT | 0600;
	const long mapped = MAP_HUGETLB | MAP_PRIVATE | MAP_ANONYMOUS;

	(void)argc, (void)argv;
	must_be_filtered("memfd_create", memfd_create("x", MFD_HUGETLB));
	must_be_filtered("memfd_create, 2 MB pages",
	    memfd_create("x", MFD_HUGETLB | MFD_HUGE_2MB));
	must_be_filtered("memfd_create, high bits",
	    syscall(SYS_memfd_create, "x", HIGH | MFD_HUGETLB));
	must_be_filtered(
	    "mmap", syscall(SYS_mmap, 0, MUCH, PROT_READ, mapped, -1, 0));
	must_be_filtered("mmap, high bits",
	    syscall(SYS_mmap, 0, MUCH, PROT_READ, HIGH | mapped, -1, 0));
	must_be_filtered("shmget", shmget(IPC_PRIVATE, MUCH, (int)shared));
	must_be_filtered("shmget, high bits",
	    syscall(SYS_shmget, IPC_PRIVATE, MUCH, HIGH | shared));
	return 0;
}
