#define _GNU_SOURCE
#include "runner/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/auto.h"

#define FILE_MODE      0644
#define DIRECTORY_MODE 0755

static int
enter_directory(int parent_fd, const char *name)
{
	if (mkdirat(parent_fd, name, DIRECTORY_MODE) < 0 && errno != EEXIST)
		return -1;
	return openat(
	    parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Gives the directory that name is in; *ret_last is name's last part. */
static int
enter_directories(int home_fd, const char *name, const char **ret_last)
{
	auto_close int fd = fcntl(home_fd, F_DUPFD_CLOEXEC, 0);
	const char *slash;

	while (fd >= 0 && (slash = strchr(name, '/')) != NULL) {
		char part[PROGRAM_COMPONENT_MAX + 1];
		size_t n = (size_t)(slash - name);
		int next_fd;

		memcpy(part, name, n);
		part[n] = '\0';
		next_fd = enter_directory(fd, part);
		close(fd);
		fd = next_fd;
		name = slash + 1;
	}
	*ret_last = name;
	return steal_fd(&fd);
}

static int
write_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int
write_file(int home_fd, const struct program_file *file)
{
	const char *last;
	auto_close int directory_fd = enter_directories(
	    home_fd, file->name, &last);
	auto_close int fd = -1;

	if (directory_fd < 0)
		return -1;
	fd = openat(directory_fd, last,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return -1;
	return write_all(fd, file->data, file->size);
}

int
files_write(int home_fd, const struct program *p, struct err *e)
{
	for (size_t i = 0; i < p->nfiles; i++) {
		if (write_file(home_fd, &p->files[i]) == 0)
			continue;
		err_errno(e, "cannot write file '%.150s'", p->files[i].name);
		if (errno == ENOSPC)
			e->code = ERR_TOO_LARGE;
		return -1;
	}
	return 0;
}
