"""Docker, through its socket, with nothing but the standard library."""

import http.client
import json
import os
import socket
import urllib.parse

LABEL = "safe-code-executor.instance"


def default_socket():
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    if not host.startswith("unix://"):
        raise SystemExit("DOCKER_HOST is %s, expected unix://..." % host)
    return host[len("unix://"):]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("docker", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """One engine.  Its answers are (status, JSON)."""

    def __init__(self, path=None, timeout=20):
        self.path = path or default_socket()
        self.timeout = timeout

    def open(self, method, path, body=None, headers=()):
        """The answer's stream, for what is large."""
        connection = UnixConnection(self.path, self.timeout)
        connection.request(method, path, body, dict(headers),
                           encode_chunked=hasattr(body, "read"))
        answer = connection.getresponse()
        answer.connection = connection
        return answer

    def call(self, method, path, body=None):
        headers = {}
        if body is not None:
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        answer = self.open(method, path, body, headers)
        text = answer.read()
        answer.connection.close()
        return answer.status, json.loads(text) if text.strip() else None

    def answers(self):
        try:
            return self.call("GET", "/version")[0] == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def containers(self, instance):
        """All containers of an instance, in whatever state."""
        filters = json.dumps({"label": ["%s=%s" % (LABEL, instance)]})
        status, found = self.call(
            "GET", "/containers/json?all=true&filters="
            + urllib.parse.quote(filters))
        if status != 200:
            raise RuntimeError("docker: HTTP %d %s" % (status, found))
        return found

    def containers_beginning(self, prefix):
        """All containers whose instance begins so."""
        filters = json.dumps({"label": [LABEL]})
        _, found = self.call("GET", "/containers/json?all=true&filters="
                             + urllib.parse.quote(filters))
        return [c for c in found if c["Labels"][LABEL].startswith(prefix)]

    def inspect(self, container):
        return self.call("GET", "/containers/%s/json" % container)[1]

    def remove(self, container):
        return self.call(
            "DELETE", "/containers/%s?force=true&v=true" % container)[0]

    def kill(self, container):
        return self.call("POST", "/containers/%s/kill" % container)[0]

    def unpause(self, container):
        return self.call("POST", "/containers/%s/unpause" % container)[0]

    def copy_image(self, name, to):
        """`docker save | docker load` to another engine."""
        saved = self.open("GET", "/images/%s/get" % name)
        loaded = to.open("POST", "/images/load?quiet=1", saved, {
            "Content-Type": "application/x-tar",
            "Transfer-Encoding": "chunked"})
        said = loaded.read()
        loaded.connection.close()
        saved.connection.close()
        if saved.status != 200 or loaded.status != 200 or b"error" in said:
            raise RuntimeError("image %s: %d %d %s" % (
                name, saved.status, loaded.status, said))
