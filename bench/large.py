"""Measures what a large campaign costs: the same requests with few rows and with many, and the worker's tasks with
many.

Requests are compared by the CPU time of Python and PostgreSQL together, which a busy machine changes least. The table
also has PostgreSQL's part of it and the size of the answer, since a longer page costs more to draw.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import filling
from bench.answers import one_client_each, poster
from bench.overview import _staff
from bench.tables import Goal, Table
from campaign.privacy import retention_job
from campaign.staff.models import StaffUser
from pledges.crypto import encryption
from pledges.inputs.email_address import Mailbox
from pledges.lists.views import ORGANISATIONS_ON_A_PAGE
from pledges.models import Organisation, PendingSignature, PledgeText
from pledges.models.answers import PersonAnswers
from pledges.privacy import exports
from pledges.signing import service as signing
from pledges.statistics import totals
from reports import load_content

# Both have a full page of organisations, because a page is drawn for each row on it.
LISTED = ORGANISATIONS_ON_A_PAGE + filling.QUEUED
SMALL, LARGE = (10_000, 1_000, LISTED, 0), (5_000_000, 50_000, 5_000, 50_000)
QUICK_LARGE = (200_000, 5_000, 1_000, 5_000)
EXPIRED, FLAT = 20_000, 0.90
TIMES, QUICK_TIMES = 40, 15
MOST = {"recount": 0.1, "retention, nothing due": 0.5, "retention, expired forms": 2.0, "export": 10.0}
CONFIRM_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Cost:
    """The CPU time of one request, with PostgreSQL's part of it, and the bytes of the answer."""

    milliseconds: float
    of_postgresql: float
    size: int

    def cells(self) -> list[str]:
        return [f"{self.milliseconds:.2f}", f"{self.of_postgresql:.2f}", f"{self.size / 1000:.1f}"]


def measure(quick: bool) -> Table:
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    large, times = (QUICK_LARGE, QUICK_TIMES) if quick else (LARGE, TIMES)
    load_content.load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
    filling.fill(*SMALL)
    before = _costs(times)
    _emptied()
    filling.fill_or_copy(*large)
    after = _costs(times)
    jobs = _jobs(large)
    rows, goals = [], []
    for work, few in before.items():
        many = after[work]
        ratio = few.milliseconds / many.milliseconds
        rows.append([work, *few.cells(), *many.cells(), f"{ratio:.2f}"])
        is_met = None if quick else ratio >= FLAT
        goals.append(
            Goal(
                f"{work}, {large[0]:,} signatures", f"≥ {FLAT:.2f} of the rate at {SMALL[0]:,}", f"{ratio:.2f}", is_met
            )
        )
    for job, seconds in jobs.items():
        rows.append([job, "", "", "", f"{seconds * 1000:,.0f}", "", "", ""])
        is_met = None if quick else seconds < MOST[job]
        goals.append(Goal(f"job: {job}, {large[0]:,} signatures", f"< {MOST[job]:g} s", f"{seconds:.2f}", is_met))
    return Table(
        f"{SMALL[0]:,} and {large[0]:,} signatures, {large[1]:,} public names, {large[2]:,} organisations: ms",
        ["", "few rows", "PostgreSQL", "KB", "many rows", "PostgreSQL", "KB", "ratio"],
        rows,
        f"Requests: CPU of Python and PostgreSQL, median of {times}. Jobs: seconds by the clock; "
        f"{EXPIRED:,} forms expire, {large[3]:,} contacts are exported.",
        goals,
    )


def _emptied() -> None:
    """Empties the database to its state after `migrate`, and loads the report."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in reversed(filling.TABLES):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        for table in ("pledges_totals", "pledges_weeklystatistics", "pledges_pendingsignature", "pledges_queuedemail"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        cursor.execute("SET session_replication_role = DEFAULT")
    StaffUser.objects.all().delete()
    connection.close()


def _costs(times: int) -> dict[str, Cost]:
    """Returns the cost of a request by its kind."""
    staff, visitor = _staff(), Client()
    queued, listed = Organisation.objects.queued()[0].ref, Organisation.objects.listed()[0].name
    pages = {
        "home": (visitor, "/"),
        "pledge": (visitor, "/pledge/"),
        "supporters": (visitor, "/pledge/supporters/"),
        "organisations": (visitor, "/pledge/organisations/"),
        "organisations, page 5": (visitor, "/pledge/organisations/?page=5"),
        "organisations, search": (visitor, f"/pledge/organisations/?{urlencode({'q': listed})}"),
        "numbers": (visitor, "/pledge/numbers/"),
        "admin overview": (staff, reverse("admin:index")),
        "admin approval": (staff, reverse("admin:pledges_organisation_entry", args=[queued])),
    }
    acts: dict[str, Callable[[], int]] = {
        name: lambda client=client, path=path: _get(client, path) for name, (client, path) in pages.items()
    }
    post, clients, number = poster(), one_client_each(), iter(range(10**6))
    tokens = iter(_forms(times + 5))

    def sign() -> int:
        post(f"large{next(number)}@example.org", next(clients))
        return 0  # a redirect

    acts["sign"] = sign
    acts["confirm"] = lambda: _confirm(visitor, next(tokens))
    return {name: _cost(act, times) for name, act in acts.items()}


def _cost(act: Callable[[], int], times: int) -> Cost:
    """Returns the medians of this many requests. `act` makes one, and returns the size of the answer."""
    for _ in range(5):
        size = act()
    ours, postgresql = [], []
    for _ in range(times):
        began, began_there = time.process_time(), _cpu_of_postgresql()
        act()
        ours.append((time.process_time() - began) * 1000)
        postgresql.append((_cpu_of_postgresql() - began_there) * 1000)
    together = [sum(pair) for pair in zip(ours, postgresql, strict=True)]
    return Cost(median(together), median(postgresql), size)


def _cpu_of_postgresql() -> float:
    """Returns the CPU seconds of PostgreSQL's process behind this connection."""
    connection.ensure_connection()
    path = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(path.read_text().split()[0]) / 1e9 if path.exists() else 0.0


def _get(client: Client, path: str) -> int:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(answer.content)


def _confirm(client: Client, token: str) -> int:
    answer = client.post(f"/pledge/confirm/{token}/", "agree=on", content_type=CONFIRM_FORM)
    if answer.status_code != 303:
        raise RuntimeError(f"a confirm POST was answered with {answer.status_code}")
    return len(answer.content)


def _forms(number: int) -> list[str]:
    now, pledge_text = timezone.now(), PledgeText.objects.get(number=1)
    for n in range(number):
        mailbox = Mailbox(f"waits{n}.{now:%H%M%S}@example.org")
        signing.sign(PersonAnswers(mailbox=mailbox, pledge_text=pledge_text, by_email=False), now)
    newest = PendingSignature.objects.order_by("-pk").values_list("encrypted_token", flat=True)[:number]
    return [encryption.decrypt(token) for token in newest]


def _jobs(large: tuple[int, ...]) -> dict[str, float]:
    """Returns the seconds that each task takes while nothing else runs."""
    now = timezone.now()
    found = {"recount": _seconds(lambda: totals.recount(now + timedelta(hours=2)))}
    retention_job.erase_expired(now)
    found["retention, nothing due"] = _seconds(lambda: retention_job.erase_expired(now))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pledges_pendingsignature (ref, kind, digest, token, handle, encrypted_token,"
            " pledge_text_id, language, region, profession, email_queued_at, expires_at, tries, provider, client)"
            " SELECT gen_random_uuid(), 'person', sha256(n::text::bytea), sha256(('t' || n)::bytea),"
            " sha256(('h' || n)::bytea), '', %s, 'en', '', '', now() - interval '8 days',"
            " now() - interval '1 day', 0, '', ''"
            " FROM generate_series(1, %s) n",
            [PledgeText.objects.get(number=1).pk, EXPIRED],
        )
    found["retention, expired forms"] = _seconds(lambda: retention_job.erase_expired(now))
    export = exports.begin("email", "bench", StaffUser.objects.latest("pk"), now)
    found["export"] = _seconds(lambda: sum(1 for _ in exports.lines(export)))
    return found


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
