/*
 * common/version.h -- the one place where the version is written.
 */
#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

#define PROGRAM_VERSION "0.1.0"

#endif
