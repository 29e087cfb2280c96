"""The API's edges: errors, who may ask, and how HTTP is spoken."""

import json
import time

from cases import case, check, equal, eventually, has
from client import JSON

OK = {"code": "print(1)"}
GETS = ["/healthz", "/readyz", "/languages", "/examples", "/admin/stats", "/"]


@case
def http_not_found(world):
    client = world.shared.client
    for path in ("/nothing", "/run/", "/RUN", "/../etc/passwd", "/run%00",
                 "/admin", "//run", "/examples/fork_bomb.py"):
        client.get(path).fault(404, "not_found")


@case
def http_methods(world):
    client = world.shared.client
    for path in GETS:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = client.request(method, path, "{}", JSON)
            answer.fault(405, "method_not_allowed", method)
            equal(answer.headers["Allow"], "GET, HEAD, OPTIONS", "Allow")
        answer = client.request("HEAD", path)
        equal((answer.status, answer.body), (200, b""), "HEAD " + path)
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = client.request(method, "/run")
        equal((answer.status, answer.headers["Allow"]),
              (405, "POST, OPTIONS"), method)
    answer = client.request("OPTIONS", "/run")
    equal((answer.status, answer.headers["Allow"]), (204, "POST, OPTIONS"),
          "OPTIONS")
    check("Access-Control-Allow-Origin" not in answer.headers, "CORS")


@case
def http_too_large(world):
    client = world.shared.client
    with client.open() as raw:
        # Said in the head: refused before it is sent.
        raw.send(b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                 b"application/json\r\nContent-Length: 8388609\r\n\r\n")
        raw.read().fault(413, "body_too_large", "8388608")
    with client.open() as raw:
        raw.send(b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                 b"application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(140):
                raw.send(piece)
        except OSError:
            pass
        raw.read().fault(413, "body_too_large")
    with client.open() as raw:
        raw.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 40000)
        raw.read().fault(431, "headers_too_large")
    client.post({"code": "x" * (1024 * 1024 + 1)}).fault(
        413, "code_too_large")


@case
def http_content_types(world):
    client = world.shared.client
    body = json.dumps(OK)
    for kind in (None, "text/plain", "application/x-www-form-urlencoded",
                 "multipart/form-data; boundary=x", "application/jsonx",
                 "text/plain; application/json", ""):
        headers = {} if kind is None else {"Content-Type": kind}
        client.request("POST", "/run", body, headers).fault(
            415, "unsupported_media_type", "application/json")
    client.request("POST", "/run", body, {
        **JSON, "Content-Encoding": "gzip"}).fault(
            415, "unsupported_media_type")
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        answer = client.request("POST", "/run", body, {"Content-Type": kind})
        equal(answer.status, 200, kind)


@case
def http_bad_json(world):
    client = world.shared.client
    for body in (b"", b" ", b"{", b'{"code": "x"', b"{'code': 1}", b"\xff",
                 b'{"code": "x"} more', b'{"code": "\xff"}', b"[" * 100000,
                 b'{"code": "x", "code": "y"}', b'{"code": "\\ud800"}',
                 b'{"code": nan}', b"[" + b"1," * 100000 + b"1]"):
        client.post(body).fault(400, "invalid_json")
    for body in (b"[]", b"3", b"null", b'"code"', b"true"):
        client.post(body).fault(400, "invalid_field", "expected an object")


@case
def http_bad_fields(world):
    client = world.shared.client

    def refused(order, *words):
        client.post(order).fault(400, "invalid_field", *words)

    refused({}, "code is missing")
    refused({"language": "python"}, "code is missing")
    for field in ("Code", "kode", "timeout", "", "constructor", "__proto__"):
        refused({**OK, field: 1}, field + " is not a known field", "limits")
    for field, good in [("code", "string"), ("language", "string"),
                        ("stdin", "string"), ("args", "array"),
                        ("files", "array"), ("limits", "object")]:
        for value in (None, 1, 1.5, True, [1] if good != "array" else {},
                      {} if good != "object" else []):
            refused({**OK, field: value}, field, "expected", good)
    refused({**OK, "args": ["a", 2]}, "args[1] is 2, expected a string")
    refused({**OK, "args": ["a\0b"]}, "args[0]", "NUL")
    refused({**OK, "args": ["x"] * 257}, "args", "256")
    refused({**OK, "args": ["x" * 131072]}, "args[0]", "128 KiB")
    refused({**OK, "files": [3]}, "files[0] is 3")
    refused({**OK, "files": [{"content": ""}]}, "files[0].name is missing")
    refused({**OK, "files": [{"name": "a"}]}, "files[0].content is missing")
    refused({**OK, "files": [{"name": "a", "content": "", "mode": 1}]},
            "files[0].mode is not a known field")
    refused({**OK, "files": [{"name": "a", "content": "",
                              "encoding": "hex"}]}, "files[0].encoding",
            "utf8")
    for text in ("?", "QQ", "QQ=", "Q Q=", "QQ==\n", "QR=="):
        refused({**OK, "files": [{"name": "a", "content": text,
                                  "encoding": "base64"}]},
                "files[0].content", "base64")
    refused({**OK, "files": [{"name": "f%d" % i, "content": ""}
                             for i in range(101)]}, "files", "100")


@case
def http_bad_file_names(world):
    client = world.shared.client

    def refused(*names):
        client.post({**OK, "files": [{"name": n, "content": ""}
                                     for n in names]}).fault(
            400, "invalid_field", "files[%d].name" % (len(names) - 1))

    for name in ("", "/etc/passwd", "../up", "a/../../b", "..", ".", "./a",
                 "a//b", "a/", "a\0b", "a\nb", "x" * 256, "d/" * 512 + "f",
                 "main.py", "main.py/x"):
        refused(name)
    refused("a", "a")
    refused("a", "a/b")
    refused("a/b", "a")
    # A name that looks odd, but is one.
    odd = ["...", "-rf", "a b", "\u00fc/\U0001F600", "x" * 255, ".hidden",
           "main.py2"]
    got = client.output("""
import os
print(sorted(os.listdir(".")) + os.listdir("\u00fc"))
""", files=[{"name": n, "content": "1"} for n in odd])
    for name in odd:
        has(repr(name.rsplit("/", 1)[-1]), got, "files")


@case
def http_unknown_language(world):
    client = world.shared.client
    for name in ("cobol", "", "Python 3", "constructor", "python\0", "../bash",
                 "x" * 1000):
        client.post({**OK, "language": name}).fault(
            422, "unknown_language", "python", "javascript", "bash")


@case
def http_hosts(world):
    client = world.shared.client
    port = client.port
    for host in ("127.0.0.1:%d" % port, "localhost:%d" % port, "localhost",
                 "[::1]:%d" % port, "LOCALHOST:%d" % port, "127.0.0.1"):
        equal(client.get("/healthz", {"Host": host}).status, 200, host)
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil",
                 "evil.example:%d" % port, "", "localhost:x", "10.0.0.1",
                 "code.example"):
        for method, path in [("GET", "/healthz"), ("POST", "/run"),
                             ("GET", "/"), ("GET", "/nothing")]:
            client.request(method, path, "{}" if method == "POST" else None,
                           {**JSON, "Host": host}).fault(
                403, "host_not_allowed")
    with client.open() as raw:
        raw.send(b"GET http://evil.example/healthz HTTP/1.1\r\n"
                 b"Host: localhost\r\n\r\n")
        raw.read().fault(403, "host_not_allowed")
    for hosts in (b"", b"Host: localhost\r\nHost: localhost\r\n"):
        with client.open() as raw:
            raw.send(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
            raw.read().fault(400, "bad_request", "Host")
    # Names of the setting allowed_hosts.
    for host in ("code.example", "code.example:1", "other.example"):
        answer = world.small.client.get("/healthz", {"Host": host})
        equal(answer.status, 200, host)


@case
def http_origins(world):
    client = world.shared.client

    def post(**headers):
        return client.request("POST", "/run", json.dumps(OK), {
            **JSON, **{n.replace("_", "-"): v for n, v in headers.items()}})

    for origin in ("http://evil.example", "null", "", "file://",
                   "http://localhost.evil.example", "http://evil@localhost",
                   "chrome-extension://localhost"):
        post(Origin=origin).fault(403, "origin_not_allowed")
    post(Sec_Fetch_Site="cross-site").fault(403, "origin_not_allowed")
    for origin in ("http://localhost:%d" % client.port,
                   "http://127.0.0.1:%d" % client.port):
        answer = post(Origin=origin, Sec_Fetch_Site="same-origin")
        equal(answer.status, 200, origin)
        check("Access-Control-Allow-Origin" not in answer.headers, "CORS")


@case
def http_keep_alive(world):
    client = world.shared.client
    with client.open() as raw:
        for i in range(4):
            raw.send(client.order_bytes({"code": "print(%d)" % i}))
            answer = raw.read()
            equal((answer.status, answer.json()["output"]), (200, str(i)),
                  "answer %d" % i)
        raw.send(client.order_bytes({"kode": 1}))
        raw.read().fault(400, "invalid_field")
        raw.send(client.order_bytes(OK, "Connection: close\r\n"))
        equal(raw.read().status, 200, "the last answer")
        equal(raw.read(), None, "after Connection: close")


@case
def http_pipelining(world):
    client = world.shared.client
    with client.open() as raw:
        # The first takes longest: answers keep their order all the same.
        raw.send(client.order_bytes(
            {"code": "import time; time.sleep(0.5); print('slow')"})
            + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            + b"".join(client.order_bytes({"code": "print(%d)" % i})
                       for i in range(3)))
        equal(raw.read().json()["output"], "slow", "first")
        equal(raw.read().json(), {"status": "ok"}, "second")
        for i in range(3):
            equal(raw.read().json()["output"], str(i), "later")


@case
def http_chunked_body(world):
    client = world.shared.client
    head = (b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            b"application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    with client.open() as raw:
        raw.send(head + b'5\r\n{"cod\r\nA;x=y\r\ne": "print\r\n')
        time.sleep(0.1)
        for byte in b'5\r\n(7)"}\r\n0\r\nTrailer: x\r\n\r\n':
            raw.send(bytes([byte]))
        equal(raw.read().json()["output"], "7", "output")
        raw.send(client.order_bytes(OK))
        equal(raw.read().json()["output"], "1", "after it")
    for bad in (b"zz\r\n", b"5\nabcde\n", b"-1\r\n", b"5\r\nabcdefgh\r\n",
                b"fffffffffffffffff\r\n", b"0x5\r\n"):
        with client.open() as raw:
            raw.send(head + bad)
            check(raw.read().status in (400, 413), "chunk %r" % bad)


@case
def http_slow_and_expectant_clients(world):
    client = world.shared.client
    with client.open() as raw:
        for byte in client.order_bytes(OK)[:-1]:
            raw.send(bytes([byte]))
        time.sleep(0.2)
        raw.send(b"}")
        equal(raw.read().json()["output"], "1", "byte by byte")
    with client.open() as raw:
        data = client.order_bytes(OK, "Expect: 100-continue\r\n")
        head, body = data.split(b"\r\n\r\n")
        raw.send(head + b"\r\n\r\n")
        equal(raw.read().status, 100, "Expect: 100-continue")
        raw.send(body)
        equal(raw.read().json()["output"], "1", "after 100")
    with client.open() as raw:
        raw.send(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        equal((raw.read().status, raw.read()), (200, None), "HTTP/1.0")


@case
def http_nonsense(world):
    service = world.shared
    before = service.processes()
    for data in (b"\0\0\0\0", b"GET\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0",
                 b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                 b"GET / HTTP/1.1\nHost: localhost\n\n",
                 b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
                 b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                 b"5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                 b"-5\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                 b"2\r\nContent-Length: 3\r\n\r\nabc"):
        with service.client.open() as raw:
            raw.send(data)
            answer = raw.read()
            check(answer is not None and 400 <= answer.status <= 505,
                  "answer to %r" % data, answer)
    for data in (b"", b"POST", b"POST /run HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Length: 10\r\n\r\nabc"):
        with service.client.open() as raw:
            raw.send(data)
            raw.close(reset=True)
    equal(service.client.output("print(3)"), "3", "a good request")
    service.check_unhurt(before)


@case
def http_many_connections(world):
    """Idle and half-open ones keep nobody out."""
    client = world.shared.client
    opened = [client.open() for _ in range(300)]
    for raw in opened[::2]:
        raw.send(b"POST /run HTTP/1.1\r\nHost: loc")
    equal(client.output("print(4)"), "4", "a good request")
    for raw in opened:
        raw.close(reset=True)
    eventually(lambda: world.shared.stats()["web"]["connections"] < 10, 5,
               "connections are gone")


@case
def too_many_runs_of_one_client(world):
    service = world.small
    waiting = [service.client.start("import time; time.sleep(0.8)")
               for _ in range(6)]
    eventually(lambda: service.stats()["web"]["runs_in_flight"] == 6, 5,
               "six are under way")
    service.client.post(OK).fault(429, "too_many_runs", "6")
    for request in waiting:
        equal(request.get(15).status, 200, "those before")
    equal(service.client.output("print(1)"), "1", "afterwards")
    equal(service.stats()["runs"]["refused"]["too_many_runs"], 1, "stats")


@case
def http_too_many_connections(world):
    client = world.small.client
    eventually(lambda: world.small.stats()["web"]["connections"] == 1, 5,
               "no connections of other tests")
    opened = [client.open() for _ in range(40)]
    client.get("/healthz").fault(503, "busy", "40")
    opened.pop().close()
    eventually(lambda: client.get("/healthz").status == 200, 2,
               "one left, one may come")
    for raw in opened:
        raw.close()


@case
def http_clients_that_say_nothing(world):
    client = world.small.client
    idle, begun, body, kept = [client.open() for _ in range(4)]
    begun.send(b"GET /healthz HTTP/1.1\r\nHost: loc")
    body.send(client.order_bytes(OK)[:-1])
    kept.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    equal(kept.read().status, 200, "first request")
    began = time.monotonic()
    for raw in (begun, body):
        equal(raw.read().status, 408, "answer to half a request")
    for raw in (idle, kept):
        equal(raw.read(), None, "an idle connection")
    check(time.monotonic() - began < 4, "it took too long")
    for raw in (idle, begun, body, kept):
        raw.close()
