#define _GNU_SOURCE
#include "runner/order.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/auto.h"

#define FILE_MODE      0644
#define DIRECTORY_MODE 0755
#define COPY_BYTES     65536u /* what a pipe holds */

/* Behind it: all strings, each with its NUL; then the files. */
struct head {
	struct run_frame limits;
	size_t nargs, nvars, nfiles;
	size_t string_bytes;
};

/* Behind it: the name with its NUL, and the content. */
struct file_head {
	size_t name_bytes;
	size_t size;
};

/* ---- in serve --------------------------------------------------------- */

static bool
write_all(int fd, const void *data, size_t n)
{
	for (const char *p = data; n > 0;) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static size_t
count_strings(char *const *strings, size_t *bytes)
{
	size_t n = 0;

	for (; strings[n] != NULL; n++)
		*bytes += strlen(strings[n]) + 1;
	return n;
}

static bool
send_file(int fd, const struct program_file *file)
{
	const struct file_head head = {
		.name_bytes = strlen(file->name) + 1,
		.size = file->size,
	};

	return write_all(fd, &head, sizeof head) &&
	    write_all(fd, file->name, head.name_bytes) &&
	    write_all(fd, file->data, head.size);
}

/* The parser has put all strings one behind the other, from p->text on. */
bool
order_send(int fd, const struct program *p)
{
	struct head head = { .limits = p->limits, .nfiles = p->nfiles };
	bool sent;

	head.nargs = count_strings(p->argv, &head.string_bytes);
	head.nvars = count_strings(p->envp, &head.string_bytes);
	sent = write_all(fd, &head, sizeof head) &&
	    write_all(fd, p->text, head.string_bytes);
	for (size_t i = 0; sent && i < p->nfiles; i++)
		sent = send_file(fd, &p->files[i]);
	return sent;
}

/* ---- in the program's process: strings -------------------------------- */

static int
read_all(int fd, void *to, size_t n, struct err *e)
{
	for (char *p = to; n > 0;) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, ERR_GONE, "serve is gone");
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

static char *
point_at(char *text, char **to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = text;
		text += strlen(text) + 1;
	}
	to[n] = NULL;
	return text;
}

static int
receive_strings(
    int fd, const struct head *head, struct order *order, struct err *e)
{
	char *text = malloc(head->string_bytes);

	order->argv = calloc(head->nargs + 1, sizeof *order->argv);
	order->envp = calloc(head->nvars + 1, sizeof *order->envp);
	if (text == NULL || order->argv == NULL || order->envp == NULL)
		return err_set(e, ERR_MEMORY, "no memory for the arguments");
	if (read_all(fd, text, head->string_bytes, e) < 0)
		return -1;
	text = point_at(text, order->argv, head->nargs);
	(void)point_at(text, order->envp, head->nvars);
	return 0;
}

/* ---- in the program's process: files ---------------------------------- */

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
enter_directories(const char *name, const char **ret_last)
{
	auto_close int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
create_file(const char *name)
{
	const char *last;
	auto_close int directory_fd = enter_directories(name, &last);

	if (directory_fd < 0)
		return -1;
	return openat(directory_fd, last,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
}

static int
refuse_file(struct err *e, const char *name)
{
	bool full = errno == ENOSPC;

	err_errno(e, "cannot write file '%.150s'", name);
	if (full)
		e->code = ERR_TOO_LARGE;
	return -1;
}

static int
receive_content(int from, int to, size_t n, const char *name, struct err *e)
{
	static char bytes[COPY_BYTES];

	while (n > 0) {
		size_t part = n < sizeof bytes ? n : sizeof bytes;

		if (read_all(from, bytes, part, e) < 0)
			return -1;
		if (!write_all(to, bytes, part))
			return refuse_file(e, name);
		n -= part;
	}
	return 0;
}

static int
receive_file(int fd, struct err *e)
{
	char name[PROGRAM_NAME_MAX + 1];
	auto_close int file_fd = -1;
	struct file_head head;

	if (read_all(fd, &head, sizeof head, e) < 0 ||
	    read_all(fd, name, head.name_bytes, e) < 0)
		return -1;
	file_fd = create_file(name);
	if (file_fd < 0)
		return refuse_file(e, name);
	return receive_content(fd, file_fd, head.size, name, e);
}

int
order_receive(int fd, struct order *ret_order, struct err *e)
{
	struct order order;
	struct head head;

	if (read_all(fd, &head, sizeof head, e) < 0 ||
	    receive_strings(fd, &head, &order, e) < 0)
		return -1;
	for (size_t i = 0; i < head.nfiles; i++)
		if (receive_file(fd, e) < 0)
			return -1;
	order.limits = head.limits;
	*ret_order = order;
	return 0;
}
