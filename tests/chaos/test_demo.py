"""`make run`, from an empty folder to its end."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from campaign.management.commands.demo import stop_on_signals

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("demo")]


class Demo:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DEBUG": "true",
            "PORT": str(port),
            "POSTGRES_FOLDER": str(folder),
            "POSTGRES_OPTIONS": "-c fsync=off",
        }
        # Started with nohup, the tests would pass on to the demo that SIGHUP is ignored, and it respects that.
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            cwd=settings.BASE_DIR,
        )
        signal.signal(signal.SIGHUP, before)

    def wait_until(self, line: str) -> None:
        said = iter(self.process.stdout.readline, "")
        assert any(line in words for words in said), "the demo ended"

    def end(self) -> str:
        """Waits until all that it started has ended; returns the rest of its output."""
        rest = self.process.communicate(timeout=120)[0]
        assert not (self.folder / "data" / "postmaster.pid").exists()
        socket.create_server(("127.0.0.1", self.port)).close()
        return rest


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        yield Path(parent) / "postgres"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_the_demo_serves_the_site_until_ctrl_c(folder, port):
    demo = Demo(folder, port)
    demo.wait_until("Ctrl-C stops it")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.read() == b"ok"
    demo.process.send_signal(signal.SIGINT)
    assert "Stopped" in demo.end()
    assert demo.process.returncode == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_the_demo_can_be_stopped_while_it_prepares(folder, port, name):
    demo = Demo(folder, port)
    demo.wait_until("database")
    demo.process.send_signal(signal.Signals[name])
    assert "Stopped" in demo.end()
    assert demo.process.returncode == 0


@pytest.fixture
def own_signals():
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(name) for name in names]
    yield
    for name, handler in zip(names, before, strict=True):
        signal.signal(name, handler)


def test_a_second_signal_does_not_interrupt_the_stop(own_signals):
    stop_on_signals()
    interruptions = 0
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            signal.raise_signal(name)
        except KeyboardInterrupt:
            interruptions += 1
    assert interruptions == 1


def test_a_dead_worker_stops_the_demo_and_is_named(folder, port):
    demo = Demo(folder, port)
    demo.wait_until("Ctrl-C stops it")
    parent = demo.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    worker = next(pid for pid in children if "worker" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(int(worker), signal.SIGKILL)
    assert "worker ended (SIGKILL)" in demo.end()
    assert demo.process.returncode == 1


def test_a_port_in_use_is_reported_in_one_line(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo = Demo(folder, taken.getsockname()[1])
        said = demo.process.communicate()[0]
    assert said.count("\n") == 1
    assert "make run PORT=" in said
