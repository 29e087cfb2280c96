/*
 * common/roles.h -- the processes of the service.
 *
 * The store comes with the history; its place is between pool and the end.
 */
#ifndef COMMON_ROLES_H
#define COMMON_ROLES_H

#define WORKERS_MAX 64 /* also the most of the setting `workers` */

enum role { ROLE_SUPERVISOR, ROLE_WEB, ROLE_WORKER, ROLE_POOL, ROLE_NROLES };

/* "supervisor", "web", "worker", "pool"; never NULL. */
const char *role_name(enum role role);

/* The main function of each child; common/child.h says what it must do. */
int web_main(void);
int worker_main(void);
int pool_main(void);

#endif
