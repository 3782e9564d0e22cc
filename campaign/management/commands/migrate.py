"""`manage.py migrate`, safe beside a running site: it waits for no table longer than a few seconds.

While a migration waits for a table (during a backup, for example), every page that needs the table waits too.
Afterwards the role of web and worker gets its rights on the tables (DATABASE_ROLE, campaign.postgresql.roles).
"""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, ProgrammingError, connections
from psycopg.errors import LockNotAvailable

from campaign.postgresql import roles as database_roles

WAIT = "5s"


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{WAIT}'")
        try:
            super().handle(*args, **options)
        except DatabaseError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise CommandError(
                    f"A table was in use for {WAIT}. Nothing is half done: run it again, when no backup runs."
                ) from error
            if not getattr(error.__cause__, "sqlstate", None):  # there was no connection
                raise
            raise CommandError(
                f"A migration failed: {str(error).strip()}. --traceback shows which and where."
            ) from error
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        if settings.DATABASE_ROLE and connection.settings_dict["USER"] != settings.DATABASE_ROLE:
            self._grant(settings.DATABASE_ROLE)

    def _grant(self, role: str) -> None:
        if settings.DEBUG:
            database_roles.create(role)
        try:
            database_roles.grant(role)
        except ProgrammingError as error:
            raise CommandError(
                f"The tables are up to date, but the role {role} (DATABASE_ROLE) could not be given its rights: "
                f"{str(error).strip()}. Run deploy/roles, and run this as the role that owns the tables."
            ) from error
