"""Measures how fast public pages are served, by nginx and by gunicorn alone, compared with the least that each could
do.
"""

import tempfile
import uuid
from datetime import timedelta
from math import ceil
from pathlib import Path
from statistics import median

from django.utils import timezone

from bench.load import WRK, Load, answer_size, load, where_it_goes
from bench.shipped import IS_HERE, Shipped, shipped
from bench.tables import Goal, Table
from pledges.models import Organisation, PledgeText, Signature
from pledges.statistics import totals, weekly
from reports import load_content

ROUNDS, SECONDS = 3, 3
QUICK_ROUNDS, QUICK_SECONDS = 2, 1
SIGNATURES, ORGANISATIONS = 10_000, 300
PAGES = {
    "home": "/",
    "report": "/report/",
    "recommendation": "/report/education/1/",
    "pledge": "/pledge/",
    "organisations": "/pledge/organisations/",
    "numbers": "/pledge/numbers/",
}
THROUGH_NGINX, ALONE, ALONE_ORGANISATIONS = 0.85, 0.65, 0.55
COMPRESSED = 1.0
HTTPS = "X-Forwarded-Proto: https"
BROTLI = "Accept-Encoding: br"
TLS_RECORD = 16_384  # bytes at most


def measure(quick: bool) -> Table:
    title = f"Reading, {ORGANISATIONS} organisations and {SIGNATURES:,} signatures: answers a second"
    if not (WRK and IS_HERE):
        said = "Not measured: install Debian's nginx, openssl and wrk."
        return Table(title, ["page"], [], said, [Goal("reading", "", said, None)])
    fill()
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder), PAGES) as parts:
        table = _table(title, _interleaved(parts, rounds, seconds))
        table.said = "\n".join([table.said, *_sizes(parts)])
        return table


def fill() -> None:
    """Loads the report, and plainly invented signatures and organisations."""
    load_content.load()
    now, pledge_text = timezone.now(), PledgeText.objects.current(timezone.now())
    Signature.objects.bulk_create(
        Signature(digest=uuid.uuid4().bytes * 2, pledge_text=pledge_text, confirmed_on=now.date() - timedelta(n % 90))
        for n in range(SIGNATURES)
    )
    Organisation.objects.bulk_create(
        Organisation(
            name=f"Example Listed Society {n}",
            website=f"https://listed{n}.example.org",
            kind=Organisation.Kind.values[n % 14],
            is_named=True,
            pledge_text=pledge_text,
            confirmed_at=now,
            approved_at=now,
        )
        for n in range(ORGANISATIONS)
    )
    totals.recount(now)
    weekly.publish(now)


def _interleaved(parts: Shipped, rounds: int, seconds: int) -> dict[str, dict[str, list[Load]]]:
    """Returns by page the load of each round of each way to request it."""
    found: dict[str, dict[str, list[Load]]] = {page: {} for page in PAGES}
    for path in PAGES.values():  # every process renders every page once
        load(parts.app + path, 1, HTTPS)
    for _ in range(rounds):
        for page, path in PAGES.items():
            for name, url, headers in [
                ("site", parts.site + path, []),
                ("compressed", parts.site + path, [BROTLI]),
                ("file", f"{parts.files}/{page}", []),
                ("app", parts.app + path, [HTTPS]),
                ("bare", f"{parts.bare}/{page}", []),
            ]:
                found[page].setdefault(name, []).append(load(url, seconds, *headers))
    return found


def _table(title: str, found: dict[str, dict[str, list[Load]]]) -> Table:
    rows, goals = [], []
    for page, measured in found.items():
        rates = {name: median(one.rate for one in loads) for name, loads in measured.items()}
        errors = sum(one.errors for loads in measured.values() for one in loads)
        alone = ALONE_ORGANISATIONS if page == "organisations" else ALONE
        ratios = [
            ("through nginx, of a file", _ratio(measured, "site", "file"), THROUGH_NGINX),
            ("through nginx, compressed, of a file", _ratio(measured, "compressed", "file"), COMPRESSED),
            ("of gunicorn alone, of bare", _ratio(measured, "app", "bare"), alone),
        ]
        rows.append([page, *(f"{rate:,.0f}" for rate in rates.values()), str(errors)])
        goals += [
            Goal(f"{page} {what}", f"≥ {goal:.2f}", f"{ratio:.2f}", ratio >= goal and not errors)
            for what, ratio, goal in ratios
        ]
    head = ["page", "through nginx", "compressed", "nginx, a file", "gunicorn", "bare", "errors"]
    missed = [goal.work for goal in goals if not goal.is_met]
    said = f"Missed: {', '.join(missed)}." if missed else "Every goal of reading is met."
    for page, measured in found.items():
        if any(work.startswith(page) for work in missed):
            lines = (where_it_goes(f"{page}, {name}", loads) for name, loads in measured.items())
            said = "\n".join([said, *lines])
    return Table(title, head, rows, said, goals)


def _sizes(parts: Shipped) -> list[str]:
    """Says of each page how many TLS records nginx sends it in, because each record is encrypted and written alone."""
    lines = []
    for page, path in PAGES.items():
        said = []
        for name, url in (("of the site", parts.site + path), ("a file", f"{parts.files}/{page}")):
            head, body = answer_size(url)
            said.append(f"{name} {head:,} and {body:,} ({ceil((head + body) / TLS_RECORD)})")
        lines.append(f"{page}, bytes of headers and of the page (TLS records): {', '.join(said)}.")
    return lines


def _ratio(measured: dict[str, list[Load]], ours: str, theirs: str) -> float:
    """Returns the median of the rounds' ratios, because what is measured in one round is measured within seconds."""
    return median(one.rate / max(other.rate, 1) for one, other in zip(measured[ours], measured[theirs], strict=True))
