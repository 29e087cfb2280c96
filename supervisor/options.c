#include "supervisor/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"

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

/* Walks the options; `file` is called for --config, `set` for the others. */
static int
walk(char **argv, struct settings *s, const char **ret_config,
    enum action *ret_action, enum role *ret_role, struct err *e)
{
	while (*argv != NULL) {
		struct option option = { .value = NULL };
		int used;

		if (find_role(*argv, ret_role))
			*ret_action = ACTION_CHILD;
		if (*ret_action == ACTION_CHILD ||
		    find_action(*argv, ret_action)) {
			argv++;
			continue;
		}
		used = take_option(argv, &option, e);
		if (used < 0)
			return -1;
		if (strcmp(option.name, "self-test") == 0) {
			*ret_action = ACTION_SELF_TEST;
			snprintf(option.name, sizeof option.name, "listen");
		}
		if (strcmp(option.name, "config") == 0)
			*ret_config = option.value;
		else if (settings_set(s, option.name, option.value, e) < 0)
			return -1;
		argv += used;
	}
	return 0;
}

int
options_read(int argc, char **argv, struct settings *s, enum action *ret_action,
    enum role *ret_role, struct err *e)
{
	const char *config = getenv("SCE_CONFIG");
	const char *engine = getenv("DOCKER_HOST");
	auto_free struct settings *scratch = malloc(sizeof *scratch);

	(void)argc;
	if (scratch == NULL)
		return err_errno(e, "settings");
	*ret_action = ACTION_SERVE;
	settings_defaults(s);
	settings_defaults(scratch);
	/* Once for --config and what is wrong, once for the values. */
	if (walk(argv + 1, scratch, &config, ret_action, ret_role, e) < 0)
		return -1;
	if (*ret_action != ACTION_SERVE && *ret_action != ACTION_SELF_TEST &&
	    *ret_action != ACTION_CHECK_CONFIG)
		return 0;
	if (engine != NULL && engine[0] != '\0' &&
	    settings_set(s, "docker_host", engine, e) < 0)
		return err_wrap(e, "environment DOCKER_HOST");
	if (config != NULL && settings_read_file(s, config, e) < 0)
		return -1;
	if (settings_read_env(s, e) < 0 ||
	    walk(argv + 1, s, &config, ret_action, ret_role, e) < 0)
		return -1;
	return settings_check(s, e);
}
