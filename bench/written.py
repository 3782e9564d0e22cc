"""Writes docs/bench.md and docs/lighthouse.md: what was measured last, when, and on what kind of machine.

A machine is described by its type, never by its name.
"""

import os
import platform
import re
from datetime import date
from pathlib import Path

import django
import gunicorn
from django.conf import settings
from django.db import connection

from bench.tables import Goal, Table

BENCH = settings.BASE_DIR / "docs" / "bench.md"
LIGHTHOUSE = settings.BASE_DIR / "docs" / "lighthouse.md"
INTRODUCTIONS = {
    BENCH: (
        "# What was measured\n\n"
        "Written by `make bench`. Figures are ratios within one run, the median of its rounds, which take turns, "
        "without one error. “Of a file” compares with nginx serving the same uncompressed bytes as a file over TLS, "
        "“of bare” with a WSGI function that returns them on the same gunicorn.\n"
    ),
    LIGHTHOUSE: (
        "# Lighthouse\n\n"
        "Written by `make lighthouse`. The site runs as it is shipped (gunicorn behind `deploy/nginx.conf`, with TLS), "
        "filled with the report, 10,000 invented signatures and 300 invented organisations. Lighthouse opens each page "
        "in Debian's Chromium with its mobile preset. The four figures are performance, accessibility, best practices "
        "and search engines.\n"
    ),
}


def machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    connection.ensure_connection()
    versions = f"Python {platform.python_version()}, Django {django.__version__}, gunicorn {gunicorn.__version__}"
    database = f"PostgreSQL {connection.pg_version // 10000}"
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB; {versions}, {database}"


def write(path: Path, tables: list[Table], ran_on: str, busy: float) -> None:
    goals = [goal for table in tables for goal in table.goals]
    quiet = "" if busy < 0.5 else f" The machine was busy (load {busy:.1f} at the start), which blurs the figures."
    parts = [INTRODUCTIONS[path], f"On {date.today():%-d %B %Y}, {ran_on}.{quiet}\n", _goals(goals)]  # noqa: DTZ011
    parts += [f"```{table}\n```\n" for table in tables]
    path.write_text("\n".join(parts))


def _goals(goals: list[Goal]) -> str:
    lines = ["| work | goal | figure | |", "| --- | --- | --- | --- |"]
    lines += [f"| {goal.work} | {goal.promised} | {goal.figure} | {goal.verdict} |" for goal in goals]
    return "\n".join([*lines, ""])


def summary(goals: list[Goal]) -> Table:
    rows = [[goal.work, goal.promised, goal.figure, goal.verdict] for goal in goals]
    met = sum(goal.is_met is True for goal in goals)
    return Table("Goals", ["work", "goal", "figure", ""], rows, f"{met} of {len(goals)} goals are met.")
