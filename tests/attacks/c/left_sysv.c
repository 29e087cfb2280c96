// attack: leave System V objects
// tries: Leaves a shared segment, a set of semaphores and a message queue with
//   a message; the next program looks for them. They have no file.
// wall: namespace
// without: A message box between programs, and memory that nobody frees.
// expect: ok
// runs: plant look

#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "tests/attacks/lib/attack.h"

#define KEY 0x5ce

static void
plant(void)
{
	struct {
		long type;
		char text[16];
	} message = { 1, "left behind" };
	int id = shmget(KEY, 4096, IPC_CREAT | 0666);
	char *at = id < 0 ? (char *)-1 : shmat(id, NULL, 0);

	if (at != (char *)-1)
		memcpy(at, "left", sizeof "left");
	if (semget(KEY, 1, IPC_CREAT | 0666) < 0)
		stopped("plant", "no semaphores");
	id = msgget(KEY, IPC_CREAT | 0666);
	if (id >= 0)
		msgsnd(id, &message, sizeof message.text, 0);
	stopped("plant", "done");
}

static void
count(const char *path)
{
	char line[256];
	int n = -1; /* the first line has the names of the columns */
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		stopped(path, "not there");
		return;
	}
	while (fgets(line, sizeof line, file) != NULL)
		n++;
	fclose(file);
	if (n > 0)
		escaped(path, "%d objects", n);
	else
		stopped(path, "empty");
}

static void
look(void)
{
	must_fail("a segment", shmget(KEY, 0, 0));
	must_fail("semaphores", semget(KEY, 0, 0));
	must_fail("a queue", msgget(KEY, 0));
	count("/proc/sysvipc/shm");
	count("/proc/sysvipc/sem");
	count("/proc/sysvipc/msg");
}

int attack_left_sysv(int argc, char **argv);

int
attack_left_sysv(int argc, char **argv)
{
	if (word_is(argc, argv, "plant"))
		plant();
	else
		look();
	return 0;
}
