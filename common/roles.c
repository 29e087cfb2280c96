#include "common/roles.h"

const char *
role_name(enum role role)
{
	static const char *const names[ROLE_NROLES] = {
		[ROLE_SUPERVISOR] = "supervisor",
		[ROLE_WEB] = "web",
		[ROLE_WORKER] = "worker",
		[ROLE_POOL] = "pool",
	};

	return (unsigned)role < ROLE_NROLES ? names[role] : "?";
}
