/*
 * pool/apparmor.h -- which AppArmor profile the containers get.
 *
 * An engine under AppArmor gives every container its own profile, which
 * refuses the mounts that the inner wall is made of.  So ours is named, if
 * the kernel has it; an engine refuses a profile that is not loaded.
 *
 * Runs in:  the pool process, at its start, while it may still read /sys.
 * Blocks:   no longer than a read of a kernel file does.
 */
#ifndef POOL_APPARMOR_H
#define POOL_APPARMOR_H

#include <stdbool.h>

/*
 * The profile to name: wanted, or NULL, which leaves it to the engine: where
 * AppArmor is off, wanted is "", or the kernel has no such profile.  The last
 * is logged, with what to do.
 */
const char *apparmor_choose(const char *wanted);

/* Is it in this text of .../apparmor/profiles, lines of "name (mode)"? */
bool apparmor_lists(const char *profiles, const char *name);

#endif
