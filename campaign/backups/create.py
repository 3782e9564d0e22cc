"""Makes backups: one file each, encrypted to BACKUP_PUBLIC_KEYS with age before any of it is written to a disk.

The encrypted content is a line that names the format, a line of JSON about the contents (see `contents`), and the
output of `pg_dump --format=custom`. Beside the backups is the list of what was erased or hidden (`write_list`).
"""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import pq

from campaign.backups import after_restore
from campaign.embedded_postgres import programs
from campaign.embedded_postgres.base import DatabaseWrapper
from pledges.offline.progress import Progress

FORMAT = b"care-dont-share backup 1\n"
STAMP = "%Y%m%dT%H%M%SZ"
PREFIX, SUFFIX = "care-dont-share-", ".dump.age"
LISTS = "no-longer-public-"  # one list a day, renewed until the day is over
KEEP, KEEP_LISTS = timedelta(days=35), timedelta(days=7)
# Backups leave sessions out: with the row of a session one is signed in.
WITHOUT_ROWS = ("django_session",)
OnProgress = Callable[[int], None]


class BackupFailed(Exception):
    """No backup was made; the message says why."""


def make(folder: Path, now: datetime) -> Path:
    """Writes a backup of the whole database as it is at this moment, and returns its file.

    It shows its progress. If it fails, it leaves no file.
    """
    if not settings.BACKUP_PUBLIC_KEYS:
        raise BackupFailed("BACKUP_PUBLIC_KEYS is empty: there is no key to encrypt it to (docs/backups.md).")
    recipients = [pyrage.x25519.Recipient.from_str(key) for key in settings.BACKUP_PUBLIC_KEYS]
    before = backups(folder)
    size = before[-1].stat().st_size if before else 0
    with _snapshot() as snapshot, _written(folder / f"{PREFIX}{now:{STAMP}}{SUFFIX}") as out:
        head = FORMAT + json.dumps(contents(now)).encode() + b"\n"
        with Progress("backup", size) as progress, _dump(snapshot) as dump:
            pyrage.encrypt_io(_Joined(head, dump, progress.to), out, recipients)
    return folder / f"{PREFIX}{now:{STAMP}}{SUFFIX}"


def contents(now: datetime) -> dict[str, Any]:
    """Returns what the database contains: its migrations, and for each table the number of rows and a checksum."""
    applied = MigrationRecorder(connection).applied_migrations()
    with Progress("counting", _estimated_rows()) as progress:
        found = tables(progress.to)
    return {"made_at": now.isoformat(), "migrations": sorted(f"{app}.{name}" for app, name in applied), "tables": found}


def tables(counted: OnProgress) -> dict[str, list[int]]:
    """Returns for each table in a backup the number of rows and a checksum that does not depend on their order.

    Calls `counted` with the number of rows so far after each table.
    """
    with connection.cursor() as cursor:
        # With these settings each value reads the same as text on every server.
        for setting in ("timezone = 'UTC'", "datestyle = 'ISO'", "bytea_output = 'hex'", "statement_timeout = 0"):
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p'"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s) ORDER BY 1",
            [list(WITHOUT_ROWS)],
        )
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(
                "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)"  # noqa: S608
                f" FROM {connection.ops.quote_name(name)} AS t"
            )
            found[name] = [int(value) for value in cursor.fetchone()]
            counted(sum(rows for rows, _checksum in found.values()))
    return found


def _estimated_rows() -> int:
    """Returns about how many rows there are in all tables, as PostgreSQL last counted them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class WHERE relkind = 'r'"
            " AND relpersistence = 'p' AND relnamespace = 'public'::regnamespace"
        )
        return cursor.fetchone()[0]


def write_list(folder: Path, now: datetime) -> Path:
    """Writes the list of what was erased or hidden, replacing the earlier one of this day, and returns its file.

    A list that is much shorter than the one before does not replace it, because the database may have been lost.
    """
    path = folder / f"{PREFIX}{LISTS}{now:%Y%m%d}.jsonl"
    with Progress("listing"):
        lines = [f"{line}\n" for line in after_restore.no_longer_public(now)]
    if path.exists():
        with path.open("rb") as before:
            if len(lines) < sum(1 for _line in before) / 2:
                path.rename(folder / f"{PREFIX}{LISTS}{now:{STAMP}}.jsonl")
    with _written(path) as out:
        out.writelines(line.encode() for line in lines)
    return path


def lists(folder: Path) -> list[Path]:
    """Returns the lists in the folder, oldest first."""
    return sorted(folder.glob(f"{PREFIX}{LISTS}*.jsonl"), key=lambda path: path.stat().st_mtime)


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}2*{SUFFIX}"))


def delete_old(folder: Path, now: datetime) -> list[Path]:
    """Deletes backups that are 35 days old by their names, lists after a week, and incomplete files after a day."""
    old = [path for path in backups(folder) if _made_at(path) <= now - KEEP]
    over = (now - KEEP_LISTS).timestamp(), (now - timedelta(days=1)).timestamp()
    old += [path for path in lists(folder)[:-1] if path.stat().st_mtime < over[0]]
    old += [path for path in folder.glob(f"{PREFIX}*.part") if path.stat().st_mtime < over[1]]
    for path in old:
        path.unlink()
    return old


def run_backup_command(file: Path) -> None:
    """Runs BACKUP_COMMAND, if it is set, which copies the file to another machine."""
    if settings.BACKUP_COMMAND:
        names = {"file": str(file), "folder": str(file.parent)}
        command = [part.format_map(names) for part in shlex.split(settings.BACKUP_COMMAND)]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        except OSError as error:
            raise BackupFailed(f"BACKUP_COMMAND can't be run: {error}.") from error
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            raise BackupFailed(f"{file} was written, but BACKUP_COMMAND failed ({done.returncode}): {last}")


def _made_at(backup: Path) -> datetime:
    stamp = backup.name.removeprefix(PREFIX).removesuffix(SUFFIX)
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:  # not named by `make`
        return datetime.max.replace(tzinfo=UTC)


@contextlib.contextmanager
def _snapshot() -> Iterator[str]:
    """Yields the name of a snapshot of the database, with which the counts here and `pg_dump` see the same rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def client_command(name: str, *options: str, database: str = "") -> tuple[list[str], dict[str, str]]:
    """Returns how to run pg_dump or pg_restore on the site's database, or on another one of the same server: a command
    line and its environment.

    The password is in the environment: not in a file, and not on the command line, which every user can read.
    """
    connection.ensure_connection()
    params = {key: str(value) for key, value in connection.get_connection_params().items()}
    known = {option.keyword.decode(): (option.envvar or b"").decode() for option in pq.Conninfo.get_defaults()}
    where = {known[key]: value for key, value in params.items() if known.get(key)}
    if database:
        where["PGDATABASE"] = database
    if isinstance(connection, DatabaseWrapper):  # those of the embedded server's version
        program = str(connection.server.programs.folder / name)
    else:
        program = shutil.which(name) or str(programs.find().folder / name)
    return [program, *options], {**os.environ, **where}


@contextlib.contextmanager
def _dump(snapshot: str) -> Iterator[Any]:
    """Yields the output of `pg_dump`. Raises BackupFailed if it fails."""
    without = [f"--exclude-table-data={table}" for table in WITHOUT_ROWS]
    options = ["--format=custom", "--compress=1", "--no-unlogged-table-data", f"--snapshot={snapshot}", *without]
    command, environment = client_command("pg_dump", *options)
    with tempfile.TemporaryFile() as errors:
        try:
            running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors)
        except OSError as error:
            raise BackupFailed(f"pg_dump can't be run ({error}): install PostgreSQL's client programs.") from error
        with running:
            try:
                yield running.stdout
            except BaseException:
                running.kill()
                raise
        if running.returncode:
            errors.seek(0)
            raise BackupFailed(f"pg_dump failed: {errors.read().decode(errors='replace').strip()}")


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Any]:
    """Yields a file to write to, which only its owner can read. It is renamed to `path` when it is complete."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


class _Joined:
    """A readable file that consists of the head and the dump."""

    def __init__(self, head: bytes, dump: Any, on_progress: OnProgress) -> None:
        self.rest, self.dump, self.on_progress, self.size = head, dump, on_progress, 0

    def read(self, size: int = -1) -> bytes:
        if self.rest:
            some, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        else:
            some = self.dump.read(size)
        self.size += len(some)
        self.on_progress(self.size)
        return some
