"""`manage.py import_unsubscribes FILE`: ends contact by email for those who unsubscribed in a mailing tool."""

from argparse import ArgumentParser, FileType

from django.core.checks import Tags
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pledges.my_pledge import unsubscribe_import


class Command(BaseCommand):
    help = "Ends contact by email for every address of a list or CSV, and stores none of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=FileType("rb"),
            metavar="FILE",
            help="a list of addresses, or a CSV whose first line names its columns; - for standard input",
        )
        parser.add_argument("--column", default="", metavar="NAME", help="the column that holds the addresses")

    def handle(self, *args, file, column: str, **options) -> None:
        self.check(tags=[Tags.database], databases=["default"])  # with other digest keys no mailbox would be found
        with file:
            raw = file.read()
        try:
            read = unsubscribe_import.take(raw, timezone.now(), column)
        except ValidationError as error:
            raise CommandError(f"Nothing was read. {error.messages[0]}") from None
        self._report(read)

    def _report(self, read: unsubscribe_import.Read) -> None:
        """Each line that was not read by its number, with the reason; never an address."""
        if read.column:
            self.stdout.write(f"Read from the column “{read.column}”.")
        for number, first in read.repeated:
            self.stdout.write(f"line {number} repeats line {first}")
        for number, reason in read.unread:
            self.stderr.write(f"line {number} was not read: {reason}")
        self.stdout.write(f"{read.addresses:,} addresses read. Those of them that had asked for email get no more.")
        if read.unread:
            raise CommandError(f"{len(read.unread):,} lines were not read: correct them and run this again.")
        if not read.addresses:
            raise CommandError("The file has no address.")
