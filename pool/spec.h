/*
 * pool/spec.h -- the outer wall: what a container is made of, as the JSON
 * that Docker takes.
 *
 * Everything here is fixed by us or by settings; nothing comes from a client.
 */
#ifndef POOL_SPEC_H
#define POOL_SPEC_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/languages.h"
#include "common/settings.h"

#define LABEL_INSTANCE "safe-code-executor.instance"
#define LABEL_OWNER    "safe-code-executor.owner"
#define LABEL_LANGUAGE "safe-code-executor.language"

/* What differs from one container to the next. */
struct spec {
	const struct language *language;
	uid_t uid;
	const char *owner;    /* the label's value */
	const char *seccomp;  /* the profile, as JSON text */
	const char *apparmor; /* the profile's name; NULL leaves it to Docker */
	/*
	 * Docker's masks over parts of /proc and /sys: only where there is no
	 * inner wall.  Under them the kernel would let the runner mount no
	 * /proc of its own, which it masks itself.
	 */
	bool masked;
};

/* Body of POST /containers/create.  The caller frees; NULL: no memory. */
char *spec_create(const struct settings *s, const struct spec *spec);
/* Body of POST /containers/{id}/exec: the runner's session. */
char *spec_exec(const struct settings *s);

#endif
