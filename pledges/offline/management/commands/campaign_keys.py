"""`manage.py campaign_keys FILE …`: makes a key pair for each holder, on a computer that is not the server."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pledges.offline import keys


class Command(BaseCommand):
    help = "Makes a key pair for each holder, a file each. Run it on a holder's own computer, never on the server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a new file for each holder")

    def handle(self, *args, files: list[Path], **options) -> None:
        taken = [str(file) for file in files if file.exists()]
        if taken:
            raise CommandError(f"{', '.join(taken)}: exists already. A key that is overwritten is lost.")
        try:
            public = [keys.make(file) for file in files]
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        self.stdout.write(
            "Each file is a private key: anyone who has it can decrypt every contact sealed to it, and without "
            "one of them no one can.\nKeep each on a USB stick and printed on paper, with another person, in another "
            "place; then delete it here.\nNever put one on the server, into an email or a chat.\n"
            "For the server's settings (with the public keys of the other holders, commas between; a key for backups "
            "belongs into BACKUP_PUBLIC_KEYS instead):\n"
            f"CAMPAIGN_PUBLIC_KEYS={','.join(public)}"
        )
