"""Runs gunicorn as in production, in its own process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def production(**environment: str) -> dict[str, str]:
    """Returns the tests' environment and the settings without which the site would not start."""
    return {**os.environ, "EMAIL_URL": "smtp://127.0.0.1:25", **environment}


def report(counts: str) -> None:
    """Prints what a test counted, and adds it to the file that `make chaos` shows at its end (CHAOS_REPORT)."""
    print(counts)
    if os.environ.get("CHAOS_REPORT"):
        with Path(os.environ["CHAOS_REPORT"]).open("a") as file:
            file.write(f"{counts}\n")


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


class Gunicorn:
    def __init__(self, log: Path, application: str = "", **environment: str) -> None:
        """Starts gunicorn on a free port; it answers when it is ready. Its output is written to `log`.

        `application`: another application than the site, as `module:name`.
        """
        self.log = log
        with log.open("wb") as output, socket.create_server(("127.0.0.1", 0)) as listening:
            self.address, descriptor = listening.getsockname(), listening.fileno()
            command = [sys.executable, "-m", "gunicorn", "-c", "python:campaign.gunicorn_config"]
            self.process = subprocess.Popen(
                [*command, "--bind", f"fd://{descriptor}", *filter(None, [application])],
                pass_fds=[descriptor],
                stdout=output,
                stderr=output,
                cwd=settings.BASE_DIR,
                env=production(**environment),
            )

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=30)

    @property
    def workers(self) -> list[int]:
        """Returns the process ids of the two workers, once both are running."""
        deadline = time.monotonic() + 60
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while len(pids := children.read_text().split()) != 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return [int(pid) for pid in pids]

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Lets only this worker answer requests in this block: the others are stopped (SIGSTOP)."""
        others = [pid for pid in self.workers if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def wait_until_it_says(self, words: str) -> None:
        deadline = time.monotonic() + 60
        while words not in self.log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait()
