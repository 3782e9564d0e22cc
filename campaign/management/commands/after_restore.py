"""`manage.py after_restore LIST`: brings a restored database up to date before the site opens again."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timesince import timesince

from campaign.backups import after_restore
from pledges.privacy import digest_key_chain
from pledges.privacy.restore import BrokenList


class Command(BaseCommand):
    help = (
        "After restoring a backup, while site and worker are stopped: hides or erases again what was hidden or "
        "erased after the backup was made (withdrawals, hidden names and lists, blocks), ends every staff session "
        "and drops every waiting email. `manage.py restore` does it by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "list_file",
            nargs="?",
            type=Path,
            metavar="LIST",
            help="the newest list of `manage.py erase_expired --list` that there is",
        )
        which.add_argument(
            "--without-list",
            action="store_true",
            help="there is none: people who withdrew after the backup are public again, and have to withdraw again",
        )

    def handle(self, *args, list_file: Path | None, **options) -> None:
        now = timezone.now()
        if others := digest_key_chain.other_connections():
            raise CommandError(
                f"Stop the site and the worker first: {others} other connections to the database are open. "
                "Nothing was changed."
            )
        try:
            result = after_restore.after_restore(list_file, now)
        except OSError as error:
            raise CommandError(f"The list can't be read ({error.strerror}). Nothing was changed.") from error
        except (BrokenList, UnicodeDecodeError) as error:
            raise CommandError(
                f"This is not a complete list of `manage.py erase_expired --list`: {error}. Nothing was changed."
            ) from error
        for line in lines(result, now):
            self.stdout.write(line)


def lines(result: after_restore.RestoreResult, now: datetime) -> Iterator[str]:
    """Yields lines about what was done."""
    if result.list_made_at:
        age = timesince(result.list_made_at, now)
        yield f"The list was made {age} ago: what was hidden or erased since then is back."
    for what, counts in {"Hidden or erased again": result.again, "Dropped": result.dropped}.items():
        figures = ", ".join(f"{count} {name}" for name, count in counts.items())
        yield f"{what}: {figures or 'nothing'}."
