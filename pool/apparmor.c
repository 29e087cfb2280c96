#define _GNU_SOURCE
#include "pool/apparmor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/auto.h"
#include "common/log.h"

#define ENABLED  "/sys/module/apparmor/parameters/enabled"
#define PROFILES "/sys/kernel/security/apparmor/profiles"

static bool
is_enabled(void)
{
	FILE *f = fopen(ENABLED, "re");
	bool yes = f != NULL && fgetc(f) == 'Y';

	if (f != NULL)
		fclose(f);
	return yes;
}

/* All of it, whatever its size; NULL, with errno: it cannot be read. */
static char *
read_profiles(void)
{
	FILE *f = fopen(PROFILES, "re");
	char *text = NULL;
	size_t size = 0;
	int problem;

	if (f == NULL)
		return NULL;
	/* There is no NUL in it. */
	if (getdelim(&text, &size, '\0', f) < 0) {
		problem = ferror(f) ? errno : ENOENT;
		free(text);
		text = NULL;
		errno = problem;
	}
	fclose(f);
	return text;
}

bool
apparmor_lists(const char *profiles, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = profiles; *line != '\0';) {
		const char *end = strchrnul(line, '\n');

		if (strncmp(line, name, n) == 0 &&
		    strncmp(line + n, " (", 2) == 0)
			return true;
		line = *end != '\0' ? end + 1 : end;
	}
	return false;
}

const char *
apparmor_choose(const char *wanted)
{
	auto_free char *profiles = NULL;

	if (wanted[0] == '\0' || !is_enabled())
		return NULL;
	profiles = read_profiles();
	if (profiles != NULL && apparmor_lists(profiles, wanted)) {
		log_info("containers get the AppArmor profile %s", wanted);
		return wanted;
	}
	log_warn("AppArmor is on, but the profile %s is not loaded%s%s: "
		 "containers get the engine's own, under which there is no "
		 "inner wall, and are used once; 'scripts/load-apparmor' "
		 "loads it",
	    wanted, profiles ? "" : ", as far as we can tell: ",
	    profiles ? "" : strerror(errno));
	return NULL;
}
