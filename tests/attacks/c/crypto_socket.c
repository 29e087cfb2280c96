// attack: the kernel's cryptography by socket
// tries: AF_ALG: binds a hash and a cipher, as any user of the host can.
// wall: seccomp
// rule: socket
// without: Not namespaced: "no network" does not take it away, and it has had
//   holes of its own.
// expect: ok

#include <linux/if_alg.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_crypto_socket(int argc, char **argv);

int
attack_crypto_socket(int argc, char **argv)
{
	static const struct sockaddr_alg hash = { .salg_family = AF_ALG,
		.salg_type = "hash",
		.salg_name = "sha256" };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	(void)argc, (void)argv;
	must_be_filtered("a socket", fd);
	if (fd >= 0)
		must_fail("a hash",
		    bind(fd, (const struct sockaddr *)&hash, sizeof hash));
	return 0;
}
