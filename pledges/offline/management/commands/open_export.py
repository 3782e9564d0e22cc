"""`manage.py open_export FILE --identity key.txt --into FOLDER`: decrypts sealed contacts into tables."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pledges.offline import keys, opening
from pledges.offline.progress import Progress

NAMED = 20  # damaged lines that are listed before "and so many more"


class Command(BaseCommand):
    help = "Opens an export of sealed contacts into contacts.csv and removed.csv, away from the server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the export")
        parser.add_argument(
            "--identity", type=Path, action="append", required=True, help="a holder's private key; may be repeated"
        )
        parser.add_argument(
            "--allow-empty", action="store_true", help="accept an export without contacts, if everyone has withdrawn"
        )
        parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="where the tables go")

    def handle(self, *args, file: Path, identity: list[Path], into: Path, allow_empty: bool, **options) -> None:
        try:
            private_keys = [key for path in identity for key in keys.read(path)]
            into.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = self._open(file, private_keys, into)
        except (keys.NotAnIdentity, opening.NotAnExport) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped: the tables are incomplete.") from None
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already: name a new folder.") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        self._report(opened, into, allow_empty)

    def _open(self, file: Path, private_keys: list[str], into: Path) -> opening.Opened:
        progress = Progress("opening", file.stat().st_size)
        with file.open("rb") as export:
            read = _Read(export)
            for opened in opening.tables(read, private_keys, into):  # noqa: B007
                progress.to(read.bytes)
        progress.end()
        return opened

    def _report(self, opened: opening.Opened, into: Path, allow_empty: bool) -> None:
        """Prints what to do with the tables, or raises CommandError if they are incomplete."""
        for number in opened.damaged[:NAMED]:
            self.stderr.write(f"line {number} can't be opened: it is damaged, or sealed to another key")
        if len(opened.damaged) > NAMED:
            self.stderr.write(f"and {len(opened.damaged) - NAMED:,} lines more")
        if opened.broken_off:
            self.stderr.write("The export breaks off before its end: export it again.")
        if not opened.contacts and (opened.problem() or not allow_empty):
            for name in opening.TABLES:  # of no use, and in the way of the next try
                (into / name).unlink(missing_ok=True)
        if problem := opened.problem():
            what = "The tables are incomplete: replace no list by them." if opened.contacts else "No table was written."
            raise CommandError(f"{problem} {what}")
        if not opened.contacts and not allow_empty:
            raise CommandError(
                "This export holds no contacts: replace no list by it. If everyone has withdrawn, use --allow-empty."
            )
        self.stdout.write(
            f"Contacts in {into / 'contacts.csv'}: {opened.contacts:,}. Replace the earlier list by this one.\n"
            f"{self._listmonk(into)}"
            f"Refs in {into / 'removed.csv'}: {opened.removed:,}. Delete them wherever a copy of an earlier list may "
            "still be."
        )

    def _listmonk(self, into: Path) -> str:
        path = into / "listmonk.csv"
        return f"The same as listmonk imports it: {path}\n" if path.exists() else ""


class _Read:
    """Yields the lines of a file, and counts the bytes that were read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines, self.bytes = lines, 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            self.bytes += len(line)
            yield line
