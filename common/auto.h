/*
 * common/auto.h -- ownership undone by scope.
 *
 * A local that owns something carries auto_free or auto_close; what leaves
 * the function is stolen: `*ret_fd = steal_fd(&fd)`.
 */
#ifndef COMMON_AUTO_H
#define COMMON_AUTO_H

#include <stdlib.h>
#include <unistd.h>

static inline void
auto_free_do(void *p)
{
	free(*(void **)p);
}

static inline void
auto_close_do(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline int
steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define auto_free  __attribute__((cleanup(auto_free_do)))
#define auto_close __attribute__((cleanup(auto_close_do)))

#define steal_ptr(p)                            \
	({                                      \
		__typeof__(*(p)) taken_ = *(p); \
		*(p) = NULL;                    \
		taken_;                         \
	})

#define nitems(array) (sizeof(array) / sizeof((array)[0]))

#endif
