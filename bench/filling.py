"""Fills a database with the data of a large campaign by COPY, shows the progress, and reuses it in later runs."""

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from pledges.inputs import organisation_names
from pledges.models import Organisation, PledgeText, retention
from pledges.statistics import totals, weekly

CHUNK, QUEUED = 50_000, 50
TABLES = {
    "pledges_signature": "ref, digest, pledge_text_id, confirmed_on, region, profession, sample",
    "pledges_publicname": "ref, signature_id, name, listed_on, reviewed_at",
    "pledges_contact": "ref, signature_id, channel, sealed, keep_until",
    "pledges_organisation": (
        "ref, name, key, namesake, website, kind, is_named, pledge_text_id, version, confirmed_at, approved_at, sample"
    ),
}


def fill(signatures: int, names: int, organisations: int, contacts: int) -> None:
    """Adds invented signatures, the first with a public name and a contact; and organisations. The first names and
    organisations wait for staff, as many as a week may bring.
    """
    now, text = timezone.now(), PledgeText.objects.get(number=1).pk
    today = timezone.localdate(now)
    days = [today - timedelta(n) for n in range(3, 368)]
    _copy("pledges_signature", signatures, lambda n: _signature(n, text, days[n % 365]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM pledges_signature")
        first = cursor.fetchone()[0]
    sealed, keep = rf"\\x{(b'x' * 2400).hex()}", retention.contact_until(today)
    _copy("pledges_publicname", names, lambda n: _public_name(n, first + n, days[n % 365], now))
    _copy("pledges_contact", contacts, lambda n: (uuid4(), first + n, "email", sealed, keep))
    _copy("pledges_organisation", organisations, lambda n: _organisation(n, text, now))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    totals.recount(now)
    weekly.publish(now)


def _signature(n: int, text: int, day: date) -> tuple:
    digest = sha256(b"large %d" % n).hexdigest()
    return digest[:32], rf"\\x{digest}", text, day, "", "", "f"


def _public_name(n: int, signature: int, day: date, now: datetime) -> tuple:
    return uuid4(), signature, f"Sample Person {n}", day, now if n >= QUEUED else r"\N"


def _organisation(n: int, text: int, now: datetime) -> tuple:
    letters, kind = sha256(b"%d" % n).hexdigest(), Organisation.Kind.values[n % len(Organisation.Kind)]
    name, website = f"Example {letters[:6]} {letters[6:14]} {kind}", f"https://example{n}.example.org"
    entry = (name, organisation_names.key(name), 0, website, kind, "t", text, 1)
    return uuid4(), *entry, now - timedelta(minutes=n), now if n >= QUEUED else r"\N", "f"


def _copy(table: str, number: int, row: Callable[[int], tuple]) -> None:
    for start in range(0, number, CHUNK):
        end = min(start + CHUNK, number)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({TABLES[table]}) FROM STDIN") as copy:
            copy.write("".join("\t".join(map(str, row(n))) + "\n" for n in range(start, end)))
        if sys.stderr.isatty():
            bar = "#" * (30 * end // number)
            print(f"\r  {table} [{bar:<30}] {end:,} of {number:,}", end="", file=sys.stderr, flush=True)
    if number and sys.stderr.isatty():
        print(file=sys.stderr)


def fill_or_copy(*numbers: int) -> None:
    """Makes this database a copy of one that was filled with `numbers` (as `fill`); the first run makes that one."""
    name = connection.settings_dict["NAME"]
    code = sha256(repr((numbers, sorted(MigrationLoader(connection).graph.nodes), _source())).encode()).hexdigest()[:12]
    copy = f"filled_{code}"
    if copy not in set(_databases()):
        fill(*numbers)
        _elsewhere(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy")
    else:
        _elsewhere(f"DROP DATABASE {name}", f"CREATE DATABASE {name} TEMPLATE {copy} STRATEGY file_copy")


def _source() -> list[bytes]:
    """Returns the files that define the tables and data: if one changes, the stored database is made again."""
    apps = [settings.BASE_DIR / app / "migrations" for app in ("campaign", "pledges", "reports")]
    files = [Path(__file__), *(file for folder in apps for file in sorted(folder.glob("0*.py")))]
    return [file.read_bytes() for file in files]


def _databases() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        yield from (name for (name,) in cursor.fetchall())


def _elsewhere(*statements: str) -> None:
    """Runs these statements in the server's own database, while no connection to this one is open."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
