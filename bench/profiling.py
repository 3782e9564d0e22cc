"""Shows by package where the time of a request goes, for a goal that was missed; counted by cProfile."""

import cProfile
import pstats
import re
from collections import Counter
from collections.abc import Callable

from django.conf import settings

TIMES, MOST = 300, 12
PACKAGE = re.compile(r"site-packages/(\w+)")


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
