"""gunicorn as production runs it, met by requests that two servers could read in two ways."""

import os
import re
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("gunicorn")]

HOST = b"Host: pledge.example.org\r\n"
SMUGGLED = b"GET /smuggled-path HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /healthz HTTP/1.1\r\n" + HOST
PROBES = {
    "both lengths": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 45\r\n\r\n" + SMUGGLED,
    "a list of lengths": POST + b"Content-Length: 0, 0\r\n\r\n" + SMUGGLED,
    "a signed length": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a folded header": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a bare line feed": POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "bare line feeds only": (POST + b"Content-Length: 0\r\n\r\n" + SMUGGLED).replace(b"\r\n", b"\n")
    + b"\r\n\r\n",
    "a NUL in a header": POST + b"X: \0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "another protocol": b"POST /healthz HTTP/9.9\r\n" + HOST + b"\r\n" + SMUGGLED,
}


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory):
    """Its address, and the file it logs to."""
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with log.open("wb") as output, socket.create_server(("127.0.0.1", 0)) as listening:
        bind, descriptor = listening.getsockname(), listening.fileno()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:campaign.gunicorn",
            "-b",
            f"fd://{descriptor}",
        ]
        server = subprocess.Popen(
            command,
            pass_fds=[descriptor],
            stdout=output,
            stderr=output,
            cwd=settings.BASE_DIR,
            env=os.environ,
        )
    yield bind, log
    server.terminate()
    server.wait()


def send(address, request: bytes) -> bytes:
    """All that the server answers until it closes the connection."""
    with closing(socket.create_connection(address, timeout=20)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


def test_gunicorn_serves_what_is_plain(gunicorn):
    request = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert statuses(send(gunicorn[0], request)) == [200]


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_h46_what_could_smuggle_a_request_is_refused_and_the_connection_closed(gunicorn, probe):
    assert statuses(send(gunicorn[0], probe)) in ([400], [501])


def test_h46_nothing_is_read_after_a_body_that_makes_no_sense(gunicorn):
    request = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"
    assert statuses(send(gunicorn[0], request + SMUGGLED)) == [200, 400]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 5000 + b"\r\n\r\n",
    ],
    ids=["a long address", "many headers", "a long header"],
)
def test_h04_what_is_too_large_is_refused_before_it_reaches_django(gunicorn, request_):
    assert statuses(send(gunicorn[0], request_))[0] in (414, 431, 400)


def test_h32_gunicorns_log_names_no_visitor_and_no_path(gunicorn):
    address, log = gunicorn
    send(address, b"GET /canary-path HTTP/9.9\r\n" + HOST + b"X-Canary: 1\r\n\r\n")
    send(address, b"GET /canary-path HTTP/1.1\r\nHost: canary\r\nConnection: close\r\n\r\n")
    written = log.read_text().partition("Booting worker")[2]
    assert "gunicorn.error" in written
    for personal in ("canary", "127.0.0.1"):
        assert personal not in written
