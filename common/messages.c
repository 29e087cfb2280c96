#include "common/messages.h"

#include "common/auto.h"

static const struct msg_info infos[] = {
#define X(name, number, min, max, fds_min, fds_max) \
	{ MSG_##name, #name, (min), (max), (fds_min), (fds_max) },
	MSG_LIST(X)
#undef X
};

const struct msg_info *
msg_info(unsigned type)
{
	for (size_t i = 0; i < nitems(infos); i++)
		if (infos[i].type == type)
			return &infos[i];
	return NULL;
}

const char *
msg_name(unsigned type)
{
	const struct msg_info *info = msg_info(type);

	return info ? info->name : "?";
}
