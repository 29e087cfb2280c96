/*
 * common/auto_json.h -- auto.h for references to JSON values.
 */
#ifndef COMMON_AUTO_JSON_H
#define COMMON_AUTO_JSON_H

#include <jansson.h>

static inline void
auto_json_do(json_t **j)
{
	json_decref(*j);
}

#define auto_json __attribute__((cleanup(auto_json_do)))

#endif
