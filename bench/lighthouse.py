"""Runs Lighthouse on the pages that most people open, on a phone, of the site as it is shipped.

It runs in Debian's Chromium with Lighthouse's mobile preset (a simulated slow phone and network). `make lighthouse`
installs it with npm into var/node.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.load import HOST
from bench.reading import fill
from bench.shipped import IS_HERE, shipped
from bench.tables import Goal, Table
from tests.conftest import CHROMIUM

PROGRAM = settings.BASE_DIR / "var" / "node" / "node_modules" / ".bin" / "lighthouse"
PAGES = {
    "home": "/",
    "report": "/report/",
    "recommendation": "/report/education/1/",
    "pledge": "/pledge/",
    "organisations": "/pledge/organisations/",
    "progress": "/report/progress/",
    "numbers": "/pledge/numbers/",
    "safety": "/safety/",
}
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TRIES = 3  # on a busy machine Chromium sometimes does not answer Lighthouse in time
# The host name of the site is mapped to nginx on this machine, whose certificate is made for this run.
CHROME_FLAGS = "--headless=new --no-sandbox --ignore-certificate-errors --host-resolver-rules='MAP {host} {address}'"


def measure(quick: bool) -> Table:
    title = f"Lighthouse, mobile preset, median of {1 if quick else 3} runs"
    if not (PROGRAM.exists() and shutil.which("node") and CHROMIUM and IS_HERE):
        said = "Not measured: it needs Debian's npm, chromium, nginx and openssl, and a network to install Lighthouse."
        return Table(title, ["page"], [], said, [Goal("Lighthouse", "", said, None)])
    fill()
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder), PAGES) as parts:
        address = parts.site.removeprefix("https://")
        reports = {page: _middle(path, address, 1 if quick else 3) for page, path in PAGES.items()}
    scores = {page: [_score(report, name) for name in CATEGORIES] for page, report in reports.items()}
    rows = [[page, *map(str, found)] for page, found in scores.items()]
    goals = [
        Goal(page, "100, 100, 100, 100", ", ".join(map(str, found)), found == [100] * 4)
        for page, found in scores.items()
    ]
    lost = [f"{page}: {', '.join(_lost(report))}" for page, report in reports.items() if _lost(report)]
    said = "What costs points:\n" + "\n".join(lost) if lost else "No check costs a point."
    return Table(title, ["page", *CATEGORIES], rows, said, goals)


def _middle(path: str, address: str, runs: int) -> dict[str, Any]:
    """Returns the report of the run with the median performance; the other scores don't vary."""
    reports = sorted((_run(path, address) for _ in range(runs)), key=lambda one: _score(one, CATEGORIES[0]))
    return reports[len(reports) // 2]


def _run(path: str, address: str) -> dict[str, Any]:
    flags = CHROME_FLAGS.format(host=HOST, address=address)
    command = [PROGRAM, f"https://{HOST}{path}", "--output=json", "--quiet", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    environment = {"CHROME_PATH": CHROMIUM, "PATH": f"{Path(shutil.which('node')).parent}:/usr/bin:/bin"}
    for _ in range(TRIES):
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=environment)
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise RuntimeError(f"{path}: {done.stderr[-500:]}")


def _score(report: dict[str, Any], category: str) -> int:
    return round(100 * report["categories"][category]["score"])


def _lost(report: dict[str, Any]) -> list[str]:
    """Returns the checks that were not passed in a category whose score is below 100."""
    short = [report["categories"][name] for name in CATEGORIES if _score(report, name) < 100]
    counted = {one["id"] for category in short for one in category["auditRefs"] if one["weight"]}
    audits = [audit for name, audit in report["audits"].items() if name in counted]
    return [
        " ".join(filter(None, [audit["id"], audit.get("displayValue", "")]))
        for audit in audits
        if audit["score"] is not None and audit["score"] < 1
    ]
