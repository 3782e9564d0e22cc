"""Reads a backup (see `create`): decrypts it, loads it into an empty database, and compares the two."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import psycopg
import pyrage
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from campaign.backups import create as backups
from pledges.offline import keys
from pledges.offline.progress import Progress


class RestoreFailed(Exception):
    """The backup can't be restored; the message says why."""


def identity(file: Path) -> pyrage.x25519.Identity:
    """Returns the private key in a file of `campaign_keys` or `age-keygen`. Raises RestoreFailed if there is none."""
    try:
        return keys.opened(keys.read(file))[0]
    except (OSError, keys.NotAnIdentity) as error:
        raise RestoreFailed(f"{file} holds no private key that can be read.") from error


def contents(file: Path, key: pyrage.x25519.Identity) -> dict[str, Any]:
    """Returns what the backup says it holds. Only its beginning is decrypted."""
    head = _Head(None)
    with contextlib.suppress(_HeadRead, OSError, pyrage.DecryptError), file.open("rb") as sealed:
        pyrage.decrypt_io(sealed, head, [key])
    if head.contents is None:
        if not file.is_file():
            raise RestoreFailed(f"There is no file {file}.")
        raise RestoreFailed(f"This key does not open {file}, or it is no backup of this site.")
    return head.contents


def load(file: Path, key: pyrage.x25519.Identity, database: str) -> None:
    """Loads the dump into this empty database, completely or not at all; shows its progress."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-comments"]
    command, environment = backups.client_command("pg_restore", *options, f"--dbname={database}", database=database)
    with tempfile.TemporaryFile() as errors, Progress("loading", file.stat().st_size) as progress:
        running = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=errors, stdout=errors)
        dump = cast(IO[bytes], running.stdin)
        broken = None
        try:
            with file.open("rb") as sealed:
                pyrage.decrypt_io(_Counted(sealed, progress.to), _Head(dump), [key])
        except (OSError, pyrage.DecryptError) as error:
            broken = error  # reported only if pg_restore gives no reason
            if not isinstance(error, BrokenPipeError) and running.poll() is None:
                running.kill()
        with contextlib.suppress(BrokenPipeError):
            dump.close()
        running.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if running.returncode > 0:
        raise RestoreFailed(f"pg_restore failed: {said}")
    if broken or running.returncode:
        raise RestoreFailed(f"{file} is damaged or was cut off: nothing of it was loaded.")


def differences(wanted: dict[str, list[int]]) -> list[str]:
    """Returns a line for each table that differs from what the backup says it holds; shows its progress."""
    rows = sum(count for count, _checksum in wanted.values())
    with Progress("comparing", rows) as progress, transaction.atomic():
        found = backups.tables(progress.to)
    return [
        f"{table}: {_rows(wanted.get(table))} in the backup, {_rows(found.get(table))} here"
        for table in sorted(wanted | found)
        if wanted.get(table) != found.get(table)
    ]


def sequences_behind() -> list[str]:
    """Returns the sequences whose next number is used by a row already."""
    behind = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.oid::regclass::text, t.relname, a.attname FROM pg_class s"
            " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid WHERE s.relkind = 'S'"
        )
        quote = connection.ops.quote_name
        for sequence, table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT coalesce(max({quote(column)}), 0) > (SELECT last_value FROM {sequence})"  # noqa: S608
                f" FROM {quote(table)}"
            )
            if cursor.fetchone()[0]:
                behind.append(sequence)
    return behind


def unknown_migrations(wanted: list[str]) -> list[str]:
    """Returns the migrations of the backup that this version of the site does not have."""
    on_disk = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return sorted(set(wanted) - on_disk)


@contextlib.contextmanager
def server(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """Yields a connection to the server's own database, from which others are made and renamed, or to another one."""
    connection.close()
    with contextlib.suppress(Exception):
        connection.ensure_connection()  # starts an embedded server
    connection.close()
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    params = {key: value for key, value in connection.get_connection_params().items() if key in known}
    with psycopg.connect(**{**params, "dbname": database}, autocommit=True) as found:
        yield found


def make_database(name: str) -> None:
    with server() as found:
        found.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    with server() as found:
        found.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def remove_loaded(name: str, was_empty: bool) -> None:
    """Removes what was loaded, because it contains people who withdrew after the backup.

    A database that existed before stays, and is empty.
    """
    connection.close()
    if not was_empty:
        drop_database(name)
        return
    with server(name) as found:
        found.execute("DROP SCHEMA public CASCADE")
        found.execute("CREATE SCHEMA public")


def rename_databases(*pairs: tuple[str, str]) -> None:
    """Renames all of these databases or none, in one transaction."""
    with server() as found, found.transaction():
        for old, new in pairs:
            names = sql.Identifier(old), sql.Identifier(new)
            found.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def state_of(name: str) -> str:
    """Returns `missing`, `empty` or `full`."""
    with server() as found:
        if not found.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return "missing"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")
        return "full" if cursor.fetchone() else "empty"


def _rows(found: list[int] | None) -> str:
    return f"{found[0]} rows (checksum {found[1]})" if found else "no table"


class _HeadRead(Exception):
    """Raised to stop the decryption once the head has been read."""


class _Head:
    """A writable file that stores the two lines before the dump and writes what follows to `rest`."""

    def __init__(self, rest: Any) -> None:
        self.rest, self.begun, self.contents = rest, b"", None

    def write(self, some: bytes) -> int:
        if self.contents is not None:
            self.rest.write(some)
            return len(some)
        self.begun += some
        parts = self.begun.split(b"\n", 2)
        if not backups.FORMAT.startswith(self.begun[: len(backups.FORMAT)]):
            raise RestoreFailed("It is no backup of this site.")
        if len(parts) == 3:
            self.contents = json.loads(parts[1])
            if self.rest is None:
                raise _HeadRead
            self.rest.write(parts[2])
        return len(some)

    def flush(self) -> None:
        if self.rest:
            self.rest.flush()


class _Counted:
    """A readable file that reports how many bytes were read."""

    def __init__(self, file: Any, on_progress: backups.OnProgress) -> None:
        self.file, self.on_progress, self.size = file, on_progress, 0

    def read(self, size: int = -1) -> bytes:
        some = self.file.read(size)
        self.size += len(some)
        self.on_progress(self.size)
        return some
