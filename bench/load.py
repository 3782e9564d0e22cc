"""Sends requests as fast as they are answered: Debian's `wrk`, with one thread and connections that stay open."""

import re
import shutil
import ssl
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from bench.profiling import cpu_by_program, shares

WRK = shutil.which("wrk")
CONNECTIONS = 32
HOST = "pledge.example.org"


@dataclass(frozen=True)
class Load:
    rate: float  # answers a second
    errors: int  # answers that were no 2xx or 3xx, and connections that failed
    cpu: Counter[str] = field(default_factory=Counter)  # seconds by program (`profiling.cpu_by_program`)
    requests: float = 0


def load(url: str, seconds: int, *headers: str, script: Path | None = None) -> Load:
    said = [part for header in (f"Host: {HOST}", *headers) for part in ("-H", header)]
    command = [WRK or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", *said]
    command += [*(["-s", str(script)] if script else []), url]
    with cpu_by_program() as cpu:
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    [rate] = re.findall(r"Requests/sec:\s+([\d.]+)", text)
    sockets = re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = sum(map(int, [*refused, *(number for line in sockets for number in line)]))
    return Load(float(rate), errors, cpu, float(rate) * seconds)


def answer_size(url: str) -> tuple[int, int]:
    """Returns the bytes of the headers and of the body of an answer over TLS, uncompressed."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # its certificate is made at run time
    address = urlsplit(url)
    nginx = HTTPSConnection(str(address.hostname), address.port, context=trusting, timeout=10)
    nginx.request("GET", address.path, headers={"Host": HOST})
    answer = nginx.getresponse()
    body = len(answer.read())
    nginx.close()
    status = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
    return len(status) + sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders()) + 2, body


def where_it_goes(name: str, loads: list[Load]) -> str:
    """Returns a line that says which programs used the CPU in these loads, for each request."""
    return shares(name, sum((one.cpu for one in loads), Counter()), sum(one.requests for one in loads))
