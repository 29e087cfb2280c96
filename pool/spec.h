/*
 * pool/spec.h -- the outer wall: what a container is made of, as the JSON
 * that Docker takes.
 *
 * Everything here is fixed by us or by settings; nothing comes from a client.
 */
#ifndef POOL_SPEC_H
#define POOL_SPEC_H

#include <sys/types.h>

#include "common/languages.h"
#include "common/settings.h"

#define LABEL_INSTANCE "safe-code-executor.instance"
#define LABEL_OWNER    "safe-code-executor.owner"
#define LABEL_LANGUAGE "safe-code-executor.language"

/*
 * Body of POST /containers/create.  owner: the label's value.  seccomp: the
 * profile, as JSON text.  apparmor: the profile's name, or NULL, which leaves
 * it to the engine.  The caller frees; NULL: no memory.
 */
char *spec_create(const struct settings *s, const struct language *l, uid_t uid,
    const char *owner, const char *seccomp, const char *apparmor);
/* Body of POST /containers/{id}/exec: the runner's session. */
char *spec_exec(const struct settings *s);

#endif
