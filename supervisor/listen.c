#define _GNU_SOURCE
#include "supervisor/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/auto.h"

#define LISTEN_BACKLOG 1024

static bool
is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	return sa->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(
		&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
}

/* "host:port" or "[v6]:port" into its two parts, in place. */
static int
split_address(char *text, char **ret_host, char **ret_port, struct err *e)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || colon[1] == '\0' ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return err_set(e, ERR_INVALID,
		    "listen is '%.100s', expected "
		    "address:port, such as 127.0.0.1:5000 or [::1]:5000",
		    text);
	*colon = '\0';
	*ret_port = colon + 1;
	if (text[0] == '[' && colon > text && colon[-1] == ']') {
		colon[-1] = '\0';
		text++;
	}
	*ret_host = text;
	return 0;
}

static int
bind_socket(const struct addrinfo *ai, const char *listen_text, struct err *e)
{
	auto_close int fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;

	if (fd < 0)
		return err_errno(e, "listen %s", listen_text);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    listen(fd, LISTEN_BACKLOG) < 0) {
		err_errno(e, "listen %s", listen_text);
		return errno == EADDRINUSE ?
		    err_wrap(e,
			"another program "
			"uses the address; choose one by --listen") :
		    -1;
	}
	return steal_fd(&fd);
}

static void
print_url(int fd, char *url, size_t size)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	char host[64] = "?", port[16] = "?";

	getsockname(fd, (struct sockaddr *)&sa, &len);
	getnameinfo((struct sockaddr *)&sa, len, host, sizeof host, port,
	    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(url, size,
	    strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

int
listen_open(const struct settings *s, char *url, size_t size, struct err *e)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	char text[SETTINGS_TEXT_MAX], *host = NULL, *port = NULL;
	struct addrinfo *ai;
	int error, fd;

	memcpy(text, s->listen, sizeof text);
	if (split_address(text, &host, &port, e) < 0)
		return -1;
	error = getaddrinfo(host, port, &hints, &ai);
	if (error != 0)
		return err_set(e, ERR_INVALID, "listen %s: %s", s->listen,
		    gai_strerror(error));
	if (!is_loopback(ai->ai_addr) && !s->listen_public)
		fd = err_set(e, ERR_INVALID,
		    "listen is %s, which others can "
		    "reach, and there is no authentication; if that is "
		    "wanted, say --listen-public=true",
		    s->listen);
	else
		fd = bind_socket(ai, s->listen, e);
	freeaddrinfo(ai);
	if (fd >= 0)
		print_url(fd, url, size);
	return fd;
}
