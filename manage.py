#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from campaign.staff import command_log

# Commands that a key holder runs on a computer without the site: no settings, no database.
OFFLINE = {"campaign_keys", "open_export", "send_update"}


def run(arguments: list[str]) -> None:
    """Runs a command; for a wrong setting, or a database or mail server that fails, it prints one sentence and ends.

    `--traceback` shows the whole error, as with Django's own commands.
    """
    try:
        execute_from_command_line(arguments)
        if not OFFLINE.intersection(arguments[1:2]):
            command_log.record(arguments)
    except ImproperlyConfigured as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"A setting is wrong: {_one_line(error)}")
    except OperationalError as error:
        # psycopg's errors have no SQLSTATE if there was no connection.
        if "--traceback" in arguments or getattr(error.__cause__, "sqlstate", None):
            raise
        sys.exit(f"The database (DATABASE_URL) can't be reached: {_one_line(error)}")
    except OSError as error:
        if "--traceback" in arguments or arguments[1] != "sendtestemail":
            raise
        sys.exit(f"The mail server (EMAIL_URL) did not take the email: {type(error).__name__}: {_one_line(error)}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    if OFFLINE.intersection(sys.argv[1:2]):
        settings.configure(INSTALLED_APPS=["pledges.offline"])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    run(sys.argv)
