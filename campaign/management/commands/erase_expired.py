"""`manage.py erase_expired`: erases what is due. The worker does it every hour; this does it now."""

from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import nullcontext

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign.backups import after_restore
from campaign.monitoring import clock
from campaign.privacy import retention_job
from pledges.offline.progress import Progress


class Command(BaseCommand):
    help = "Erases everything whose retention period is over, and says how much. If it is killed, the next run goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--dry-run", action="store_true", help="only say how much is due")
        acts.add_argument(
            "--list",
            action="store_true",
            dest="print_list",
            help="print what must not come back with a backup, for `after_restore`",
        )

        acts.add_argument(
            "--clock-is-right",
            action="store_true",
            help="erase although the clock jumped, because the site was off for so long or was restored",
        )

    def handle(self, *args, dry_run: bool, print_list: bool, clock_is_right: bool, **options) -> None:
        now = timezone.now()
        if print_list:
            with nullcontext() if self.stdout.isatty() else Progress("listing"):
                for line in after_restore.no_longer_public(now):
                    self.stdout.write(line)
            return
        with Progress("counting"):
            due = {some.name: some.rows.count() for some in retention_job.due(now)}
        if dry_run:
            self._tell("Due", due)
            return
        if clock_is_right:
            clock.trust(now)
        elif jump := clock.jump(now):
            raise CommandError(
                f"The clock went from {jump.before:%-d %B %Y %H:%M} to {jump.after:%-d %B %Y %H:%M} at once. Where it "
                "is right (see `date`), use --clock-is-right. Nothing was erased."
            )
        with Progress("erasing", sum(due.values())) as progress:
            erased = retention_job.erase_expired(now, progress.to)
        self._tell("Erased", erased)

    def _tell(self, what: str, counts: Mapping[str, int]) -> None:
        figures = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        self.stdout.write(f"{what}: {figures or 'nothing'}.")
