"""The supervisor runs programs in parallel; here each is a few lines of Python."""

import sys
import time

import pytest

from campaign.demo import supervisor
from campaign.demo.supervisor import Supervisor

READY = "print('up', flush=True); time.sleep(60)"
LASTING = f"import signal, time; signal.signal(15, lambda *_: exit(print('down'))); {READY}"
STUBBORN = f"import signal, time; signal.signal(15, signal.SIG_IGN); {READY}"


class Stage:
    """Runs a supervisor and records its messages."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(self.said.append)

    def start(self, name: str, code: str) -> None:
        self.supervisor.start(name, [sys.executable, "-c", code])
        while READY in code and f"{name} | up" not in self.said:
            time.sleep(0.01)


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    stage.supervisor.stop()


def test_programs_are_stopped_in_reverse_order(stage):
    stage.start("first", LASTING)
    stage.start("second", LASTING)
    stage.supervisor.stop()
    ends = [stage.supervisor.wait(), stage.supervisor.wait()]
    assert [end.split()[0] for end in ends] == ["second", "first"]
    assert stage.said[-2:] == ["second | down", "first | down"]


def test_a_program_that_ends_is_named_with_its_reason(stage):
    stage.start("lasting", LASTING)
    stage.start("short", "exit(3)")
    assert stage.supervisor.wait() == "short ended (exit code 3)"


def test_a_killed_program_is_named_with_its_signal(stage):
    stage.start("killed", "import os; os.kill(os.getpid(), 9)")
    assert stage.supervisor.wait() == "killed ended (SIGKILL)"


def test_a_program_that_does_not_stop_is_killed(stage, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 0.2)
    stage.start("stubborn", STUBBORN)
    stage.supervisor.stop()
    assert stage.supervisor.wait() == "stubborn ended (SIGKILL)"
