"""`manage.py export_contacts email --purpose news --by EMAIL > file`: exports as the admin page does."""

from argparse import ArgumentParser

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pledges.models import Contact, Export
from pledges.offline.progress import Progress
from pledges.privacy import exports


class Command(BaseCommand):
    help = "Writes the sealed contacts of a channel to standard output, and records the export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", choices=Contact.Channel.values)
        parser.add_argument("--purpose", required=True, choices=Export.Purpose.values)
        parser.add_argument(
            "--by",
            required=True,
            metavar="EMAIL",
            help="the account that is recorded, with the note that it was on the command line",
        )

    def handle(self, *args, channel: str, purpose: str, by: str, **options) -> None:
        if self.stdout.isatty():
            raise CommandError("Redirect the output into a file: … > file, on the computer where it is needed.")
        account = get_user_model().normalize_username(by)
        staff = get_user_model().objects.filter(email=account, is_active=True).first()
        if staff is None or not staff.has_perm("pledges.export_contacts"):
            raise CommandError("--by is not the address of an account that may export contacts.")
        export = exports.begin(channel, purpose, staff, timezone.now(), by_command=True)
        progress = Progress("export", export.records)
        for done, line in enumerate(exports.lines(export)):
            self.stdout.write(line.decode(), ending="")
            progress.to(done)
        progress.end()
        note = f"{export.records:,} sealed contacts were exported; recorded as by {staff.email}, on the command line."
        self.stderr.write(note, self.style.SUCCESS)
        if not export.records:
            raise CommandError("This export has no contacts: no one has asked to be contacted through this channel.")
