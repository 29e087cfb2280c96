#include "supervisor/installed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/auto.h"

/* One paragraph of the list, as far as it was read. */
struct paragraph {
	bool wanted, installed;
	char version[128];
};

/* The value of "Key: value"; NULL: another key. */
static const char *
value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	return strncmp(line, key, n) == 0 ? line + n : NULL;
}

static void
take_line(struct paragraph *p, const char *line, const char *package)
{
	const char *value;

	if ((value = value_of(line, "Package: ")) != NULL)
		p->wanted = strcmp(value, package) == 0;
	else if ((value = value_of(line, "Status: ")) != NULL)
		p->installed = strstr(value, " installed") != NULL;
	else if ((value = value_of(line, "Version: ")) != NULL)
		snprintf(p->version, sizeof p->version, "%s", value);
}

static bool
is_found(const struct paragraph *p)
{
	return p->wanted && p->installed && p->version[0] != '\0';
}

bool
installed_version(
    const char *list, const char *package, char *ret_version, size_t size)
{
	struct paragraph p = { .wanted = false };
	auto_free char *line = NULL;
	FILE *file = fopen(list, "re");
	size_t room = 0;

	if (file == NULL)
		return false;
	while (!is_found(&p) && getline(&line, &room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0')
			p = (struct paragraph){ .wanted = false };
		else
			take_line(&p, line, package);
	}
	fclose(file);
	if (is_found(&p))
		snprintf(ret_version, size, "%s", p.version);
	return is_found(&p);
}
