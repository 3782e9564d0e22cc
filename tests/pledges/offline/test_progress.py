"""The progress display of long commands."""

import io
import time

import pytest

from pledges.offline import progress


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_line_that_moves(clock):
    out = Terminal()
    moving = progress.Progress("backup", 200, out)
    clock[0] = 10
    moving.to(100)
    assert out.getvalue().strip() == "backup: 50%, about 10 s left"
    moving.end()
    assert "\n" not in out.getvalue()


def test_elsewhere_there_is_a_plain_line_each_half_minute(clock):
    out = io.StringIO()
    slow = progress.Progress("backup", 100, out)
    for second in range(91):
        clock[0] = second
        slow.to(second)
    assert out.getvalue().splitlines() == [f"  backup: {at}%, about {100 - at} s left" for at in (2, 32, 62)]


def test_a_quick_command_says_nothing(clock):
    out = Terminal()
    quick = progress.Progress("backup", 100, out)
    quick.to(50)
    quick.end()
    assert out.getvalue() == ""


def test_where_the_end_is_unknown_it_says_how_long_it_has_run(clock):
    out = io.StringIO()
    blind = progress.Progress("backup", 0, out)
    clock[0] = 300
    blind.to(7)
    assert out.getvalue() == "  backup: 5 min so far\n"


def test_past_its_estimate_it_promises_nothing(clock):
    out = io.StringIO()
    longer = progress.Progress("backup", 100, out)
    clock[0] = 10
    longer.to(100)
    assert out.getvalue() == "  backup: nearly done, 10 s so far\n"


def test_a_step_that_reports_nothing_is_seen_to_go_on(monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0.2)
    out = io.StringIO()
    with progress.Progress("migrating", out=out) as silent:
        deadline = time.monotonic() + 10
        while not silent.said and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "migrating: 0 s so far" in out.getvalue() or "migrating: 1 s so far" in out.getvalue()
