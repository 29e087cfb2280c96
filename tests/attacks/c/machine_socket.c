// attack: talk to the hypervisor
// tries: AF_VSOCK, the socket between a virtual machine and its host: connects
//   to the host, and listens.
// wall: seccomp
// rule: socket
// without: Not namespaced: where the service runs in a virtual machine, a
//   container without network reaches services of the machine's host.
// expect: ok

#include <linux/vm_sockets.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/lib/attack.h"

int attack_machine_socket(int argc, char **argv);

int
attack_machine_socket(int argc, char **argv)
{
	struct sockaddr_vm host = { .svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_HOST,
		.svm_port = 22 };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	(void)argc, (void)argv;
	must_be_filtered("a socket", fd);
	must_be_filtered("a datagram socket", socket(AF_VSOCK, SOCK_DGRAM, 0));
	if (fd >= 0)
		must_fail("the host",
		    connect(fd, (struct sockaddr *)&host, sizeof host));
	return 0;
}
