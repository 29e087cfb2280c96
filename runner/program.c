#include "runner/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct msgbuf *body;
	struct program program;
	char *text_end; /* where the next string goes */
	struct err *err;
};

static int
refuse_short(struct parser *p)
{
	return err_set(p->err, ERR_INVALID, "RUN is cut short");
}

/* Its n is safe to allocate: each item takes at least item_bytes of body. */
static int
take_count(struct parser *p, size_t item_bytes, size_t *ret_n)
{
	size_t n = msgbuf_get_u16(p->body);

	if (p->body->bad || n * item_bytes > msgbuf_left(p->body))
		return refuse_short(p);
	*ret_n = n;
	return 0;
}

/*
 * In the body a string has 4 bytes of length in front, in text one NUL
 * behind: so all strings together fit in as many bytes as the body has.
 * NULL: refused.
 */
static char *
take_string(struct parser *p, const char *what)
{
	char *string = p->text_end;
	const char *from;
	size_t n;

	from = msgbuf_get_block(p->body, &n);
	if (from == NULL) {
		refuse_short(p);
		return NULL;
	}
	if (memchr(from, '\0', n) != NULL) {
		err_set(p->err, ERR_INVALID, "%s has a NUL byte inside", what);
		return NULL;
	}
	memcpy(string, from, n);
	string[n] = '\0';
	p->text_end += n + 1;
	return string;
}

static int
take_strings(struct parser *p, const char *what, char ***ret_strings)
{
	char **strings;
	size_t n = 0;

	if (take_count(p, sizeof(uint32_t), &n) < 0)
		return -1;
	strings = calloc(n + 1, sizeof *strings);
	if (strings == NULL)
		return err_set(p->err, ERR_MEMORY, "no memory for %s", what);
	*ret_strings = strings;
	for (size_t i = 0; i < n; i++) {
		strings[i] = take_string(p, what);
		if (strings[i] == NULL)
			return -1;
	}
	return 0;
}

static int
check_arguments(struct parser *p)
{
	if (p->program.argv[0] == NULL || p->program.argv[0][0] == '\0')
		return err_set(p->err, ERR_INVALID, "no file to execute");
	return 0;
}

static int
check_environment(struct parser *p)
{
	for (char **variable = p->program.envp; *variable != NULL; variable++) {
		const char *equals = strchr(*variable, '=');

		if (equals == NULL || equals == *variable)
			return err_set(p->err, ERR_INVALID,
			    "environment '%.100s' is not NAME=value",
			    *variable);
	}
	return 0;
}

/* Why a name is refused, or NULL. */
static const char *
name_fault(const char *name)
{
	if (name[0] == '/')
		return "begins with '/'";
	if (strlen(name) > PROGRAM_NAME_MAX)
		return "is too long";
	for (;;) {
		size_t n = strcspn(name, "/");

		if (n == 0)
			return "has an empty part";
		if (n > PROGRAM_COMPONENT_MAX)
			return "has a part that is too long";
		if ((n == 1 && name[0] == '.') ||
		    (n == 2 && name[0] == '.' && name[1] == '.'))
			return "has '.' or '..' as a part";
		if (name[n] == '\0')
			return NULL;
		name += n + 1;
	}
}

static int
take_file(struct parser *p, struct program_file *ret_file)
{
	struct program_file file;
	const char *fault;
	const char *name = take_string(p, "a file name");

	if (name == NULL)
		return -1;
	fault = name_fault(name);
	if (fault != NULL)
		return err_set(
		    p->err, ERR_INVALID, "file name '%.100s' %s", name, fault);
	file.name = name;
	file.data = msgbuf_get_block(p->body, &file.size);
	if (file.data == NULL)
		return refuse_short(p);
	*ret_file = file;
	return 0;
}

static int
take_files(struct parser *p)
{
	size_t n = 0;

	if (take_count(p, 2 * sizeof(uint32_t), &n) < 0)
		return -1;
	if (n > PROGRAM_FILES_MAX)
		return err_set(p->err, ERR_TOO_LARGE,
		    "%zu files, and %d is the most", n, PROGRAM_FILES_MAX);
	p->program.files = calloc(n + 1, sizeof *p->program.files);
	if (p->program.files == NULL)
		return err_set(p->err, ERR_MEMORY, "no memory for files");
	for (size_t i = 0; i < n; i++)
		if (take_file(p, &p->program.files[i]) < 0)
			return -1;
	p->program.nfiles = n;
	return 0;
}

/* A limit of 0 would be none to the kernel, or a program that cannot start. */
static int
take_limits(struct parser *p)
{
	if (run_frame_get(p->body, &p->program.limits) < 0)
		return refuse_short(p);
	if (p->program.limits.cpu_s == 0 || p->program.limits.open_files == 0)
		return err_set(p->err, ERR_INVALID, "a limit is 0");
	return 0;
}

static int
take_input(struct parser *p)
{
	p->program.input = msgbuf_get_block(p->body, &p->program.input_size);
	if (p->program.input == NULL)
		return refuse_short(p);
	if (!msgbuf_done(p->body))
		return err_set(p->err, ERR_INVALID, "RUN has bytes behind it");
	return 0;
}

static int
take_program(struct parser *p)
{
	if (take_limits(p) < 0)
		return -1;
	p->program.text = malloc(msgbuf_left(p->body) + 1);
	if (p->program.text == NULL)
		return err_set(p->err, ERR_MEMORY, "no memory for RUN");
	p->text_end = p->program.text;

	if (take_strings(p, "an argument", &p->program.argv) < 0 ||
	    check_arguments(p) < 0 ||
	    take_strings(p, "the environment", &p->program.envp) < 0 ||
	    check_environment(p) < 0)
		return -1;
	if (take_files(p) < 0)
		return -1;
	return take_input(p);
}

int
program_parse(struct msgbuf *body, struct program *ret_program, struct err *e)
{
	struct parser p = { .body = body, .err = e };

	if (take_program(&p) < 0) {
		program_fini(&p.program);
		return -1;
	}
	*ret_program = p.program;
	return 0;
}

void
program_fini(struct program *p)
{
	free(p->argv);
	free(p->envp);
	free(p->files);
	free(p->text);
	*p = (struct program){ 0 };
}
