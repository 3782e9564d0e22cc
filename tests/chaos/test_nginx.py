"""deploy/nginx.conf in a real nginx, in front of an application that repeats what it received."""

import functools
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command

from tests.chaos.probes import HOST, PROBES, send, statuses
from tests.chaos.serving import has_ipv6
from tests.conftest import NEEDS

NGINX, OPENSSL = NEEDS["nginx"].values()
pytestmark = [pytest.mark.chaos, pytest.mark.nginx, pytest.mark.xdist_group("nginx")]
NAME = "pledge.example.org"
# What makes a configuration for a machine one for a test: no daemon, no privileges, all files in one folder. As many
# connections as in Debian's nginx.conf, for each of its processes.
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/start.log; worker_processes 1; {user}
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    include {folder}/site.conf;
}}
"""


class Site(BaseHTTPRequestHandler):
    """Answers every request with its own first line and headers."""

    protocol_version = "HTTP/1.1"
    requests: list[str] = []

    def do_GET(self) -> None:
        self.requests.append(self.path)
        body = json.dumps([self.requestline, *self.headers.items()]).encode()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args) -> None:
        pass


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def configure(folder: Path, site_port: int, port: int, tls_port: int) -> Path:
    configuration = call_command("nginx_conf", certificate=str(folder), stdout=StringIO())
    for production, test in {
        f"127.0.0.1:{site_settings.PORT}": f"127.0.0.1:{site_port}",
        "listen 80": f"listen 127.0.0.1:{port}",
        "listen 443": f"listen 127.0.0.1:{tls_port}",
        "listen [::]:80": f"listen [::1]:{port}",
        "listen [::]:443": f"listen [::1]:{tls_port}",
        "/var/log/nginx": str(folder),
        "/var/cache/care-dont-share": str(folder / "cache"),
    }.items():
        assert production in configuration
        configuration = configuration.replace(production, test)
    if not has_ipv6():
        configuration = re.sub(r"listen \[::1\].*;", "", configuration)
    (folder / "site.conf").write_text(configuration)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    return folder / "nginx.conf"


def make_certificate(folder: Path, name: str) -> None:
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run([OPENSSL, "req", "-x509", *key, *subject, *files], check=True, capture_output=True)


class Proxy:
    def __init__(self, folder: Path, site_port: int, name: str = NAME) -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        make_certificate(folder, name)
        configuration = configure(folder, site_port, self.port, self.tls_port)
        subprocess.run([NGINX, "-t", "-q", "-e", "stderr", "-c", configuration], check=True)
        self.process = subprocess.Popen([NGINX, "-e", "stderr", "-c", configuration])
        while self.process.poll() is None:
            try:
                self.connect(name).close()
                break
            except ConnectionRefusedError:
                continue

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()

    def connect(self, name: str = NAME, client: str = "127.0.0.1") -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        context.check_hostname = False
        host = "::1" if ":" in client else "127.0.0.1"
        plain = socket.create_connection((host, self.tls_port), timeout=20, source_address=(client, 0))
        return context.wrap_socket(plain, server_hostname=name)

    def send(self, request: bytes, client: str = "127.0.0.1") -> bytes:
        return send(lambda: self.connect(client=client), request)

    def get(self, *headers: bytes, client: str = "127.0.0.1") -> list:
        """What reached the site of a request with these headers: its first line, then pairs."""
        lines = [b"GET / HTTP/1.1", HOST.strip(), *headers, b"Connection: close", b"", b""]
        return json.loads(self.send(b"\r\n".join(lines), client).partition(b"\r\n\r\n")[2])


@pytest.fixture(scope="module")
def site_port():
    assert NGINX, "CI=true and no nginx found: install Debian's nginx package"
    assert OPENSSL, "CI=true and no openssl found: install Debian's openssl package"
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site.server_address[1]
    site.shutdown()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory, site_port):
    proxy = Proxy(tmp_path_factory.mktemp("nginx"), site_port)
    yield proxy
    proxy.end()


@pytest.fixture
def behind_an_edge(tmp_path, site_port, settings):
    """The proxy, behind another proxy of ours (docs/growing.md)."""
    settings.TRUSTED_PROXIES = 2
    proxy = Proxy(tmp_path, site_port)
    yield proxy
    proxy.end()


def test_the_site_gets_one_address_whatever_headers_the_client_sends(proxy):
    lies = ["X-Forwarded-For", "X-Real-IP", "X_Forwarded_For", "Forwarded", "X-Forwarded-Host", "X_Real_IP"]
    said = proxy.get(*(f"{lie}: for=203.0.113.7".encode() for lie in lies))
    heard = {name: value for name, value in said[1:] if "orward" in name or "eal" in name}
    assert heard == {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("name", sorted(PROBES.keys() - {"a bare line feed"}))
def test_what_could_smuggle_a_request_is_refused_and_the_connection_closed(proxy, name):
    Site.requests.clear()
    assert statuses(proxy.send(PROBES[name]))[0] in (400, 501, 505)
    assert not Site.requests


def test_nginx_and_the_site_treat_a_bare_line_feed_alike(proxy):
    """nginx takes it for a line's end and passes on what it understood, so that both count alike."""
    Site.requests.clear()
    last = b"GET / HTTP/1.0\r\n" + HOST + b"\r\n"
    answered = statuses(proxy.send(PROBES["a bare line feed"] + last))
    assert answered == [200] * len(Site.requests)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_client_that_has_only_ipv6_is_served_and_known_by_its_address(proxy):
    assert ["X-Forwarded-For", "::1"] in proxy.get(client="::1")[1:]


def test_another_host_is_refused(proxy):
    assert statuses(proxy.send(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")) == [400]


def test_another_host_gets_no_certificate(proxy):
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        proxy.connect("evil.example")


def test_an_absolute_uri_with_another_host_is_refused(proxy):
    absolute = b"GET https://evil.example/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert statuses(proxy.send(absolute)) == [400]


def test_plain_http_is_sent_to_the_one_origin(proxy):
    connect = functools.partial(socket.create_connection, ("127.0.0.1", proxy.port))
    answer = send(connect, b"GET /report/?q=1 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert b"Location: https://pledge.example.org/report/?q=1\r\n" in answer


def large(path: bytes) -> bytes:
    body = b"a" * 100_000
    length = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + length + body


@pytest.mark.parametrize(("path", "status"), [(b"/pledge/", 413), (b"/admin/login/", 200)])
def test_a_large_body_is_refused_but_for_staff(proxy, path, status):
    assert statuses(proxy.send(large(path))) == [status]


@pytest.mark.parametrize(("length", "status"), [(10_000, 200), (20_000, 414)])
def test_a_long_url_reaches_the_site_up_to_a_limit(proxy, length, status):
    search = b"GET /report/search/?q=" + b"a" * length + b" HTTP/1.1\r\n"
    assert statuses(proxy.send(search + HOST + b"Connection: close\r\n\r\n")) == [status]


def test_responses_of_nginx_itself_have_the_sites_headers(proxy):
    answer = proxy.send(large(b"/pledge/"))
    assert b"X-Frame-Options: DENY" in answer
    assert b"frame-ancestors 'none'" in answer
    assert b"Cross-Origin-Resource-Policy: same-origin" in answer
    assert b"X-Content-Type-Options: nosniff" in answer
    assert b"Strict-Transport-Security: max-age=31536000; includeSubDomains" in answer


def test_an_answer_of_the_site_has_no_header_twice(proxy):
    answer = proxy.send(b"GET /image HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert [line for line in answer.splitlines() if line.startswith(b"Cross-Origin-Resource-Policy")] == [
        b"Cross-Origin-Resource-Policy: cross-origin"
    ]


def test_nginx_logs_no_address_and_no_path(proxy):
    proxy.get(b"Referer: https://canary.example/", b"User-Agent: canary")
    proxy.send(b"GET /canary?q=canary HTTP/9.9\r\n" + HOST + b"\r\n")
    proxy.send(b"GET /canary?q=canary HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n")
    written, deadline = "", time.monotonic() + 10
    while " GET 200 " not in written and time.monotonic() < deadline:  # its log is written once a second
        written = "".join(path.read_text() for path in proxy.folder.glob("*.log"))
    assert " GET 200 " in written
    assert "canary" not in written
    assert "127.0.0.1" not in written


def test_nginx_limits_the_forms_of_one_client(proxy):
    form = b"POST /pledge/ HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"
    page = b"GET /pledge/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(proxy.send, [form * 30 + page] * 20))
    found = [statuses(answer) for answer in answers]
    assert any(429 in some for some in found)
    assert {some[-1] for some in found} == {200}  # reading is not limited


@pytest.mark.parametrize(("query", "is_limited"), [("", False), ("?q=care", True)])
def test_nginx_limits_searches_for_organisations_and_not_their_list(proxy, query, is_limited):
    page = f"GET /pledge/organisations/{query} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
    last = b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(proxy.send, [page * 30 + last] * 20))
    assert (429 in {status for answer in answers for status in statuses(answer)}) == is_limited


def test_behind_an_edge_the_site_hears_its_client_and_the_edge(behind_an_edge):
    said = behind_an_edge.get(b"X-Forwarded-For: 198.51.100.9, 203.0.113.7")
    assert ["X-Forwarded-For", "198.51.100.9, 203.0.113.7, 127.0.0.1"] in said


def test_behind_an_edge_one_client_uses_up_no_other_clients_limit(behind_an_edge):
    form = b"POST /pledge/ HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nX-Forwarded-For: "
    page = b"GET /pledge/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    flood = (form + b"1.2.3.4, 203.0.113.7\r\n\r\n") * 60 + page
    other = (form + b"203.0.113.8\r\n\r\n") * 60 + page
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(behind_an_edge.send, [flood] * 10 + [other] + [flood] * 10))
    found = [set(statuses(answer)) for answer in answers]
    assert found.pop(10) == {200}
    assert {200, 429} in found
