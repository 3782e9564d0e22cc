"""`manage.py import_unsubscribes FILE`: who opted out in the mailing tool has opted out here too."""

from argparse import ArgumentParser, FileType

from django.core.checks import Tags
from django.core.management.base import BaseCommand
from django.utils import timezone

from pledges import unsubscribing

NAMED = 20


class Command(BaseCommand):
    help = "Ends contact by email for every address of a list or CSV, and keeps none of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=FileType(encoding="utf-8-sig", errors="replace"),
            metavar="FILE",
            help="a list of addresses, or a CSV with one in each row; - for standard input",
        )

    def handle(self, *args, file, **options) -> None:
        self.check(tags=[Tags.database], databases=["default"])  # with other digest keys it would find nobody
        with file:
            read = unsubscribing.take(file, timezone.now())
        for number in read.without[:NAMED]:
            self.stderr.write(f"line {number} holds no address")
        if len(read.without) > NAMED:
            self.stderr.write(f"and {len(read.without) - NAMED:,} lines more")
        self.stdout.write(
            f"{read.addresses:,} addresses read. Whoever of them had asked for email gets none any more."
        )
