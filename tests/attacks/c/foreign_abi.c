// attack: system calls of another architecture
// tries: On x86-64 calls by int 0x80 (32 bit; socketcall hides its arguments
//   from any filter) and by x32 numbers: each has a table of its own, which a
//   filter for one table does not know.
// wall: seccomp
// rule: socketcall getpid
// without: AF_VSOCK, mounts and everything else through the other door.
// expect: ok

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_foreign_abi(int argc, char **argv);

#ifdef __x86_64__

#define X32_BIT 0x40000000L

struct call {
	const char *name;
	long number;
	long argument;
};

static void
call_32(void *argument)
{
	const struct call *call = argument;
	long result;

	__asm__ volatile(
	    "int $0x80"
	    : "=a"(result)
	    : "a"(call->number), "b"(call->argument), "c"(0L), "d"(0L)
	    : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-result;
	must_be_filtered(call->name, result < 0 ? -1 : result);
}

static void
call_x32(void *argument)
{
	const struct call *call = argument;

	must_be_filtered(call->name, syscall(X32_BIT | call->number, 0, 0, 0));
}

/* A filter may also kill for this: it is no mistake of an honest program. */
static void
try(void (*function)(void *argument), const struct call *call)
{
	int status = in_child(function, (void *)call);

	if (WIFSIGNALED(status))
		stopped(call->name, "%s", strsignal(WTERMSIG(status)));
}

int
attack_foreign_abi(int argc, char **argv)
{
	static const struct call calls_32[] = {
		{ "getpid by int 0x80", 20, 0 },
		{ "socketcall by int 0x80", 102, 1 },
		{ "mount by int 0x80", 21, 1 },
		{ "unshare by int 0x80", 310, 0x10000000 },
		{ "ptrace by int 0x80", 26, 0 },
	};
	static const struct call calls_x32[] = {
		{ "getpid of x32", SYS_getpid, 0 },
		{ "getuid of x32", SYS_getuid, 0 },
		{ "unshare of x32", SYS_unshare, 0 },
		{ "ptrace of x32", 521, 0 },
		{ "process_vm_readv of x32", 539, 0 },
	};

	(void)argc, (void)argv;
	for (size_t i = 0; i < nitems(calls_32); i++)
		try(call_32, &calls_32[i]);
	for (size_t i = 0; i < nitems(calls_x32); i++)
		try(call_x32, &calls_x32[i]);
	return 0;
}

#else

int
attack_foreign_abi(int argc, char **argv)
{
	(void)argc, (void)argv;
	stopped("other tables", "this architecture has no second one here");
	return 0;
}

#endif
