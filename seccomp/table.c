#define _GNU_SOURCE
#include "seccomp/table.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>

/* What the headers of Debian 12 do not have yet. */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

#define CLONE_NEW_ANY                                                  \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

/* The types of a socket from SOCK_RDM on: SEQPACKET, DCCP, PACKET. */
#define SOCK_RARE 0xCu

/* For whom a row is. */
#define CONTAINER (1u << SECCOMP_CONTAINER)
#define PROGRAM   (1u << SECCOMP_PROGRAM)
#define WEB       (1u << SECCOMP_WEB)
#define WORKER    (1u << SECCOMP_WORKER)
#define POOL      (1u << SECCOMP_POOL)
#define INSIDE    (CONTAINER | PROGRAM)
#define DAEMONS   (WEB | WORKER | POOL)

/* clang-format off */
#define TEST(arg, o, x, y, x_text, y_text)                              \
	{ .argument = (arg), .op = (o), .a = (uint32_t)(x), .b = (y),   \
	  .a_text = (x_text), .b_text = (y_text) }
#define EQ(arg, x)        TEST(arg, SECCOMP_EQ, x, 0, #x, "0")
#define BELOW(arg, x)     TEST(arg, SECCOMP_LT, x, 0, #x, "0")
#define BITS(arg, x, y)   TEST(arg, SECCOMP_MASKED_EQ, x, y, #x, #y)
/* The same for what the kernel takes as 32 bits, and libc as 64. */
#define EQ32(arg, x)                                                    \
	{ .argument = (arg), .op = SECCOMP_MASKED_EQ, .a = UINT32_MAX,  \
	  .b = (uint32_t)(x), .a_text = NULL, .b_text = #x }
/* clang-format on */

#define LIST(...) __VA_ARGS__
#define COUNT(...)                                              \
	(sizeof((const struct seccomp_test[]){ __VA_ARGS__ }) / \
	    sizeof(struct seccomp_test))

const struct seccomp_rule seccomp_rules[] = {
#define ROW(r, n, ...)         { .roles = (r), .name = #n, __VA_ARGS__ },
#define ALLOW(r, n, w)         ROW(r, n, .number = -1, .why = (w))
#define ALLOW_NEW(r, n, nr, w) ROW(r, n, .number = (nr), .why = (w))
#define ALLOW_IF(r, n, t, w)                                            \
	ROW(r, n, .number = -1, .tests = { LIST t }, .ntests = COUNT t, \
	    .why = (w))
#define REFUSE_AS_MISSING(r, n, w) \
	ROW(r, n, .number = -1, .refused = true, .error = ENOSYS, .why = (w))
#define PRETEND(r, n, w) \
	ROW(r, n, .number = -1, .refused = true, .error = 0, .why = (w))
#include "seccomp/rules.def"
};

const size_t nseccomp_rules = sizeof seccomp_rules / sizeof seccomp_rules[0];

static const char *const role_names[SECCOMP_NROLES] = {
	[SECCOMP_CONTAINER] = "container",
	[SECCOMP_PROGRAM] = "program",
	[SECCOMP_WEB] = "web",
	[SECCOMP_WORKER] = "worker",
	[SECCOMP_POOL] = "pool",
};

const char *
seccomp_role_name(enum seccomp_role role)
{
	return (unsigned)role < SECCOMP_NROLES ? role_names[role] : "?";
}

int
seccomp_role_from_name(const char *name)
{
	for (int role = 0; role < SECCOMP_NROLES; role++)
		if (strcmp(name, role_names[role]) == 0)
			return role;
	return -1;
}

bool
seccomp_rule_is_for(const struct seccomp_rule *r, enum seccomp_role role)
{
	return (r->roles & 1u << role) != 0;
}
