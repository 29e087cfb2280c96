"""HTTP as a client speaks it: whole answers, and raw bytes."""

import http.client
import json
import socket
import threading

from cases import Wrong, check, equal

JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self):
        return "HTTP %d %s" % (self.status, self.body[:600])

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Wrong("the answer is no JSON: %r" % self) from error

    def fault(self, status, code, *words):
        """It is this error; gives its message."""
        check(self.status == status, "expected HTTP %d %s" % (status, code),
              self)
        said = self.json()
        equal(set(said), {"error"}, "fields of an error")
        equal(set(said["error"]), {"code", "message"}, "fields of an error")
        equal(said["error"]["code"], code, "error code")
        message = said["error"]["message"]
        for word in words:
            check(word in message, "the message lacks %r" % word, message)
        equal(self.headers.get("Content-Type"), "application/json", "type")
        if status in (429, 503):
            check((self.headers.get("Retry-After") or "").isdigit(),
                  "no Retry-After", self, dict(self.headers))
        return message


class Waiting:
    """A request that is under way."""

    def __init__(self, request):
        self.answer = self.error = None
        self.thread = threading.Thread(target=self.work, args=(request,),
                                       daemon=True)
        self.thread.start()

    def work(self, request):
        try:
            self.answer = request()
        except (OSError, http.client.HTTPException) as error:
            self.error = error

    def is_over(self):
        return not self.thread.is_alive()

    def end(self, seconds):
        self.thread.join(seconds)
        check(self.is_over(), "no answer within %s s" % seconds)

    def get(self, seconds):
        """The answer."""
        self.end(seconds)
        if self.error is not None:
            raise Wrong("no answer: %r" % self.error)
        return self.answer


class Client:
    def __init__(self, url):
        self.host, port = url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)

    def request(self, method, path, body=None, headers=(), timeout=60):
        connection = http.client.HTTPConnection(self.host, self.port,
                                                timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, headers=()):
        return self.request("GET", path, headers=headers)

    def post(self, order, timeout=60):
        """POST /run; order is what is said in JSON, or its bytes."""
        body = order if isinstance(order, bytes) else json.dumps(order)
        return self.request("POST", "/run", body, JSON, timeout)

    def run(self, code, **fields):
        """A program that is run: the JSON of its answer."""
        answer = self.post({"code": code, **fields})
        check(answer.status == 200, "the program was not run", answer)
        return answer.json()

    def output(self, code, **fields):
        """The output of a program that ends well."""
        result = self.run(code, **fields)
        equal(result["status"], "ok", "status of %s" % result)
        return result["output"]

    def start(self, code, **fields):
        """As post(), in the background."""
        return Waiting(lambda: self.post({"code": code, **fields}))

    def open(self, timeout=20):
        return Raw(self.host, self.port, timeout)

    def order_bytes(self, order, headers=""):
        body = json.dumps(order).encode()
        return (b"POST /run HTTP/1.1\r\nHost: %s:%d\r\n%s"
                b"Content-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (
                    self.host.encode(), self.port, headers.encode(),
                    len(body), body))


class Raw:
    """A connection on which any bytes are said."""

    def __init__(self, host, port, timeout):
        self.socket = socket.create_connection((host, port), timeout)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self, is_head=False):
        """The next answer; None when the connection ended."""
        line = self.file.readline()
        if not line:
            return None
        headers = http.client.parse_headers(self.file)
        length = int(headers.get("Content-Length", 0))
        status = int(line.split()[1])
        body = b"" if is_head or status < 200 else self.file.read(length)
        return Answer(status, headers, body)

    def close(self, reset=False):
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   b"\1\0\0\0\0\0\0\0")
        self.file.close()
        self.socket.close()
