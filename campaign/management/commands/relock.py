"""`manage.py reencrypt`: locks everything anew under the newest SECRET_KEY. How and when: docs/keys.md."""

from django.core.management.base import BaseCommand

from pledges.offline.progress import Progress
from pledges.privacy import reencrypt


class Command(BaseCommand):
    help = (
        "Locks whatever the server's own key locks (letters' mailboxes, organisations' contacts, the keys of staff's "
        "apps) anew under the first SECRET_KEY, so that the others may be dropped. The site goes on meanwhile."
    )

    def handle(self, *args, **options) -> None:
        progress = Progress("locking", reencrypt.locked())
        done = reencrypt.reencrypt(progress.to)
        progress.end()
        unreadable = done.pop("unreadable", 0)
        figures = ", ".join(f"{count} in {table}" for table, count in done.items())
        self.stdout.write(f"Locked anew: {figures or 'nothing'}.")
        if unreadable:
            self.stderr.write(f"{unreadable} can't be opened by any key of SECRET_KEY, and stay as they are.")
