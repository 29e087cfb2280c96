#define _GNU_SOURCE
#include "runner/feed.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void
feed_init(struct feed *f, int fd)
{
	*f = (struct feed){ .fd = fd };
}

void
feed_fini(struct feed *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->rest != NULL)
		munmap(f->rest, f->size);
	*f = (struct feed){ .fd = -1 };
}

/*
 * Outside the heap, and not inherited: a program's peak of memory starts at
 * what its process had before exec, and this is not its memory.
 */
static int
keep_rest(struct feed *f, const uint8_t *data, size_t n, struct err *e)
{
	void *rest = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (rest == MAP_FAILED)
		return err_errno(e, "cannot keep %zu bytes of input", n);
	(void)madvise(rest, n, MADV_DONTFORK);
	memcpy(rest, data, n);
	f->rest = rest;
	f->size = n;
	return 0;
}

int
feed_load(struct feed *f, const void *data, size_t n, struct err *e)
{
	ssize_t fitted = n > 0 ? write(f->fd, data, n) : 0;

	if (fitted < 0)
		return err_errno(e, "cannot write standard input");
	if ((size_t)fitted < n)
		return keep_rest(
		    f, (const uint8_t *)data + fitted, n - (size_t)fitted, e);
	feed_fini(f);
	return 0;
}

void
feed_go_on(struct feed *f)
{
	while (f->done < f->size) {
		ssize_t n = write(f->fd, f->rest + f->done, f->size - f->done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			break; /* EPIPE: the program wants no more */
		f->done += (size_t)n;
	}
	if (f->size > 0)
		feed_fini(f);
}
