"""`manage.py erase_expired`: erases what is due. The worker does it every hour; this does it now."""

from argparse import ArgumentParser
from collections.abc import Mapping

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaign.backups import after_restore
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

    def handle(self, *args, dry_run: bool, print_list: bool, **options) -> None:
        now = timezone.now()
        if print_list:
            for line in after_restore.no_longer_public(now):
                self.stdout.write(line)
            return
        due = {some.name: some.rows.count() for some in retention_job.due(now)}
        if dry_run:
            self._tell("Due", due)
            return
        progress = Progress("erasing", sum(due.values()))
        erased = retention_job.erase_expired(now, progress.to)
        progress.end()
        self._tell("Erased", erased)

    def _tell(self, what: str, counts: Mapping[str, int]) -> None:
        figures = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        self.stdout.write(f"{what}: {figures or 'nothing'}.")
