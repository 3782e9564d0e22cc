"""`manage.py forget`: erases what is due. The worker does it every hour; this does it now."""

from argparse import ArgumentParser, FileType
from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign import clock
from pledges import restoring


class Command(BaseCommand):
    help = "Erases everything whose time is over, and says how much. Killed midway, it goes on next time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--dry-run", action="store_true", help="only say how much is due")
        acts.add_argument(
            "--list",
            action="store_true",
            dest="print_list",
            help="print the erasures of the last 40 days, to keep beside the backups",
        )
        acts.add_argument(
            "--again",
            type=FileType(),
            metavar="LIST",
            help="after restoring a backup, and before the site opens: erase again what LIST says (- reads it "
            "from the standard input)",
        )

    def handle(self, *args, dry_run: bool, print_list: bool, again: TextIO | None, **options) -> None:
        now = timezone.now()
        if print_list:
            for line in restoring.erasures():
                self.stdout.write(line)
        elif again:
            self._tell("Forgot again", self._forget_again(again, now))
        elif dry_run:
            self._tell("Due", {some.name: some.rows.count() for some in clock.due(now)})
        else:
            self._tell("Forgot", clock.forget(now))

    def _forget_again(self, lines: TextIO, now: datetime) -> Mapping[str, int]:
        try:
            return restoring.forget_again(lines, now)
        except ValueError as error:
            raise CommandError(f"This is not a list that `forget --list` wrote ({error!r}).") from error

    def _tell(self, what: str, counts: Mapping[str, int]) -> None:
        figures = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        self.stdout.write(f"{what}: {figures or 'nothing'}.")
