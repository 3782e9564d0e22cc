"""`manage.py backup`: an encrypted backup, and the list of what must be hidden or erased again
after a restore. See docs/backups.md.
"""

import fcntl
import os
import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from campaign.backups import create as backups
from campaign.monitoring import clock
from pledges.offline.progress import duration


class Command(BaseCommand):
    help = (
        "Writes an encrypted backup of the database into BACKUP_FOLDER with the list of what is no longer public, runs "
        "BACKUP_COMMAND for both, deletes backups that are 35 days old, and notes for the overview that it was made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only-list",
            action="store_true",
            help="only write the list of what is no longer public again, for example every five minutes",
        )

    def handle(self, *args, only_list: bool, **options) -> None:
        began, folder = time.monotonic(), settings.BACKUP_FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            old = self._delete_old(folder)
            list_file = backups.write_list(folder, timezone.now())
            backups.run_backup_command(list_file)
            if only_list:
                return
            file = self._make(folder)
            backups.run_backup_command(file)
        except backups.BackupFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No backup was made in {folder}: {error}.") from error
        except DatabaseError as error:
            raise CommandError(f"No backup was made: the database says: {str(error).strip()}") from error
        call_command("record_backup")
        size = filesizeformat(file.stat().st_size).replace("\xa0", " ")
        self.stdout.write(f"{file}: {size} in {duration(time.monotonic() - began)}. The list: {list_file}.")
        if old:
            self.stdout.write(f"Deleted for their age: {', '.join(path.name for path in old)}.")

    def _delete_old(self, folder: Path) -> list[Path]:
        """Deletes old backups, unless the clock may be wrong: by one that is ahead all of them are old."""
        now = timezone.now()
        if jump := clock.jump(now):
            self.stderr.write(f"The clock jumped from {jump.before} to {jump.after}: no backup is deleted.")
            return []
        return backups.delete_old(folder, now)

    def _make(self, folder: Path) -> Path:
        """Makes the backup; raises CommandError if another process is making one."""
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return backups.make(folder, timezone.now())
        except BlockingIOError:
            raise CommandError("Another backup is being made at this moment.") from None
        finally:
            os.close(lock)
