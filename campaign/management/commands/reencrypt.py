"""`manage.py reencrypt`: encrypts every encrypted field again with the newest SECRET_KEY. When: docs/keys.md."""

from django.core.management.base import BaseCommand

from pledges.offline.progress import Progress
from pledges.privacy import reencrypt


class Command(BaseCommand):
    help = (
        "Encrypts everything that is encrypted with the server's own key (addresses of queued emails, contacts of "
        "organisations, the keys of staff's authenticator apps) again with the first SECRET_KEY, so that the "
        "others can be removed. The site may run meanwhile."
    )

    def handle(self, *args, **options) -> None:
        with Progress("encrypting") as progress:
            progress.total = reencrypt.count()
            done = reencrypt.reencrypt(progress.to)
        unreadable = done.pop("unreadable", 0)
        figures = ", ".join(f"{count} in {table}" for table, count in done.items())
        self.stdout.write(f"Encrypted again: {figures or 'nothing'}.")
        if unreadable:
            self.stderr.write(f"{unreadable} can't be decrypted with any key of SECRET_KEY, and are left as they are.")
