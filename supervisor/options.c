#include "supervisor/options.h"

#include <stdlib.h>
#include <string.h>

#include "common/auto.h"
#include "seccomp/table.h"

/* What is not a setting. */
static const struct {
	const char *text;
	enum action action;
} actions[] = {
	{ "--help", ACTION_HELP },
	{ "-h", ACTION_HELP },
	{ "--version", ACTION_VERSION },
	{ "--self-test", ACTION_SELF_TEST },
	{ "--check-config", ACTION_CHECK_CONFIG },
	{ "--print-settings=sample", ACTION_PRINT_SAMPLE },
	{ "--print-settings=markdown", ACTION_PRINT_MARKDOWN },
};

static bool
find_action(const char *arg, enum action *ret)
{
	for (size_t i = 0; i < nitems(actions); i++)
		if (strcmp(arg, actions[i].text) == 0) {
			*ret = actions[i].action;
			return true;
		}
	return false;
}

static bool
find_role(const char *arg, enum role *ret)
{
	static const char prefix[] = "--role=";

	if (strncmp(arg, prefix, strlen(prefix)) != 0)
		return false;
	for (enum role r = ROLE_WEB; r < ROLE_NROLES; r++)
		if (strcmp(arg + strlen(prefix), role_name(r)) == 0) {
			*ret = r;
			return true;
		}
	return false;
}

/* Gives the number of arguments used, 0 when it is another option, or -1. */
static int
take_explain(char **argv, struct options *o, struct err *e)
{
	static const char name[] = "--explain-seccomp";
	const size_t n = strlen(name);
	const char *role = NULL;
	int used = 1;

	if (strncmp(argv[0], name, n) != 0 ||
	    (argv[0][n] != '\0' && argv[0][n] != '='))
		return 0;
	o->action = ACTION_EXPLAIN_SECCOMP;
	o->seccomp_role = -1;
	if (argv[0][n] == '=') {
		role = argv[0] + n + 1;
	} else if (argv[1] != NULL && argv[1][0] != '-') {
		role = argv[1];
		used = 2;
	}
	if (role == NULL)
		return used;
	o->seccomp_role = seccomp_role_from_name(role);
	if (o->seccomp_role < 0)
		return err_set(e, ERR_MISSING,
		    "there is no seccomp role '%.60s': expected container, "
		    "program, web, worker or pool",
		    role);
	return used;
}

/* One option that is read: its name, and its value from here or the next. */
struct option {
	char name[64];
	const char *value;
};

/* Gives the number of arguments used, or -1. */
static int
take_option(char **argv, struct option *ret, struct err *e)
{
	const char *arg = argv[0], *equals;
	size_t n;

	if (strncmp(arg, "--", 2) != 0 || arg[2] == '\0')
		return err_set(e, ERR_INVALID,
		    "'%.60s': expected --name=value; --help lists them", arg);
	equals = strchr(arg, '=');
	n = equals ? (size_t)(equals - arg - 2) : strlen(arg + 2);
	if (n >= sizeof ret->name)
		return err_set(
		    e, ERR_MISSING, "there is no setting '%.60s'", arg + 2);
	memcpy(ret->name, arg + 2, n);
	ret->name[n] = '\0';
	ret->value = equals ? equals + 1 : argv[1];
	if (ret->value == NULL)
		return err_set(
		    e, ERR_INVALID, "--%s: the value is missing", ret->name);
	return equals ? 1 : 2;
}

/* As take_option(), and sets it; *ret_config is the value of --config. */
static int
take_setting(char **argv, struct settings *s, const char **ret_config,
    struct options *o, struct err *e)
{
	struct option option = { .value = NULL };
	int used = take_option(argv, &option, e);
	const char *name = option.name;

	if (used < 0)
		return -1;
	if (strcmp(name, "config") == 0) {
		*ret_config = option.value;
		return used;
	}
	if (strcmp(name, "self-test") == 0) {
		o->action = ACTION_SELF_TEST;
		name = "listen"; /* where it is, as the service has it */
	}
	return settings_set(s, name, option.value, e) < 0 ? -1 : used;
}

static int
walk(char **argv, struct settings *s, const char **ret_config,
    struct options *o, struct err *e)
{
	while (*argv != NULL) {
		int used;

		if (find_role(*argv, &o->role))
			o->action = ACTION_CHILD;
		if (o->action == ACTION_CHILD ||
		    find_action(*argv, &o->action)) {
			argv++;
			continue;
		}
		used = take_explain(argv, o, e);
		if (used == 0)
			used = take_setting(argv, s, ret_config, o, e);
		if (used < 0)
			return -1;
		argv += used;
	}
	return 0;
}

int
options_read(int argc, char **argv, struct settings *s,
    struct options *ret_options, struct err *e)
{
	const char *config = getenv("SCE_CONFIG");
	const char *engine = getenv("DOCKER_HOST");
	auto_free struct settings *scratch = malloc(sizeof *scratch);
	struct options *o = ret_options;

	(void)argc;
	if (scratch == NULL)
		return err_errno(e, "settings");
	*o = (struct options){ .action = ACTION_SERVE, .seccomp_role = -1 };
	settings_defaults(s);
	settings_defaults(scratch);
	/* Once for --config and what is wrong, once for the values. */
	if (walk(argv + 1, scratch, &config, o, e) < 0)
		return -1;
	if (o->action != ACTION_SERVE && o->action != ACTION_SELF_TEST &&
	    o->action != ACTION_CHECK_CONFIG)
		return 0;
	if (engine != NULL && engine[0] != '\0' &&
	    settings_set(s, "docker_host", engine, e) < 0)
		return err_wrap(e, "environment DOCKER_HOST");
	if (config != NULL && settings_read_file(s, config, e) < 0)
		return -1;
	if (settings_read_env(s, e) < 0 || walk(argv + 1, s, &config, o, e) < 0)
		return -1;
	return settings_check(s, e);
}
