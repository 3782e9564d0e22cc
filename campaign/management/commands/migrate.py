"""`manage.py migrate`, safe beside a running site: it waits for no table longer than a few seconds.

A migration that waits for a table (behind a backup, say) makes every page that needs the table wait behind it.
"""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

WAIT = "5s"


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{WAIT}'")
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError(
                f"A table was in use for {WAIT}. Nothing is half done: run it again, when no backup runs."
            ) from error
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
