"""Sends requests as fast as they are answered: Debian's `wrk`, with one thread and connections that stay open."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

WRK = shutil.which("wrk")
CONNECTIONS = 32
HOST = "pledge.example.org"
CLOSED = (
    16  # requests that one gunicorn process may be answering or have taken, and that fail if it is killed
)


@dataclass(frozen=True)
class Load:
    rate: float  # answers a second
    errors: int  # answers that were no 2xx or 3xx, and connections that failed


def load(url: str, seconds: int, *headers: str, script: Path | None = None) -> Load:
    said = [part for header in (f"Host: {HOST}", *headers) for part in ("-H", header)]
    command = [WRK or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", *said]
    command += [*(["-s", str(script)] if script else []), url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    [rate] = re.findall(r"Requests/sec:\s+([\d.]+)", text)
    sockets = re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(float(rate), sum(map(int, [*refused, *(number for line in sockets for number in line)])))
