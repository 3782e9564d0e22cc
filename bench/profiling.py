"""Shows where the time of a request goes, for a goal that was missed: by program, and in Python by package."""

import cProfile
import os
import pstats
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

TIMES, MOST = 300, 12
PACKAGE = re.compile(r"site-packages/(\w+)")
PROGRAMS = {"postgres": "PostgreSQL", "nginx": "nginx", "manage.py worker": "worker", "gunicorn": "gunicorn"}
IDLE, CLIENT = "idle", "load generator"


@contextmanager
def cpu_by_program() -> Iterator[Counter[str]]:
    """Counts the CPU seconds that each program uses while the block runs; IDLE are those that nobody used.

    CLIENT are programs that ended in the block and were waited for, as `wrk` is.
    """
    used: Counter[str] = Counter()
    before, client, began = _cpu_seconds(), _of_children(), time.monotonic()
    yield used
    for process, (program, seconds) in _cpu_seconds().items():
        used[program] += seconds - before.get(process, (program, 0.0))[1]
    used[CLIENT] = _of_children() - client
    used[IDLE] = max(0.0, (time.monotonic() - began) * (os.cpu_count() or 1) - sum(used.values()))


def _cpu_seconds() -> dict[str, tuple[str, float]]:
    """Returns the program and the CPU seconds of each process, by its id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        program = next((name for part, name in PROGRAMS.items() if part in command), "others")
        found[folder.name] = program, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _of_children() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def shares(name: str, used: Counter[str], requests: float) -> str:
    """Returns a line that says which program used how much CPU for one request, and how much was idle."""
    whole = sum(used.values())
    parts = [
        f"{program} {used[program] / max(requests, 1) * 1000:.2f}"
        for program, _ in used.most_common()
        if program != IDLE
    ]
    return f"{name}, ms of CPU: {', '.join(parts)}; {used[IDLE] / whole:.0%} of the machine's time was idle."


def profile(name: str, act: Callable[[], object]) -> str:
    """Returns lines that say how the time of `act` is shared among packages; PostgreSQL's time is psycopg's waiting."""
    for _ in range(20):
        act()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(TIMES):
        act()
    profiler.disable()
    spent: Counter[str] = Counter()
    for (file, _line, function), (_calls, _all, own, *_rest) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        spent[_package(file, function)] += own
    whole = sum(spent.values())
    parts = (f"{package} {own / whole:.0%}" for package, own in spent.most_common(MOST))
    return f"{name}, {whole / TIMES * 1000:.1f} ms with the profiler: {', '.join(parts)}."


def _package(file: str, function: str) -> str:
    if function == "wait" and file.endswith("psycopg/connection.py"):
        return "waiting for PostgreSQL"
    if file.startswith(f"{settings.BASE_DIR}/") and "site-packages" not in file:
        return file.removeprefix(f"{settings.BASE_DIR}/").partition("/")[0]
    if found := PACKAGE.search(file):
        return found[1]
    return "Python's library" if "/python3" in file else "Python itself"
