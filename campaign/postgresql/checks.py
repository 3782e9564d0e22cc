"""System checks of the database: its digest keys and its log settings.

They run if a command asks for its database, and before the site and the worker start. A database that does not answer
or is not migrated yet passes.
"""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import Error as DatabaseError
from django.db import connection

from campaign.checks import Found, check
from pledges.models import DigestChain
from pledges.privacy import digest_key_chain

# Statements, parameters, details and errors can contain what people wrote: none of them may be logged.
LOG_SETTINGS = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@check(Tags.database)
def digest_keys(databases: list[str] | None = None, **kwargs) -> Found:
    if problem := digest_keys_problem() if databases else None:
        yield problem


def digest_keys_problem() -> CheckMessage | None:
    try:
        new = digest_key_chain.new_keys()
    except digest_key_chain.WrongKeys:
        return Error(
            "DIGEST_KEYS are not the keys that this database's digests were made with.",
            hint="No signature would be recognised. All keys, oldest first: see docs/keys.md.",
            id="campaign.E018",
        )
    except (DatabaseError, DigestChain.DoesNotExist):
        return None
    if new:
        return Error(
            "DIGEST_KEYS has a key at its end that is not applied to this database yet.",
            hint="Run `manage.py rotate_digest_key` while the site and the worker are stopped.",
            id="campaign.E019",
        )
    return None


@check(Tags.database)
def log_settings(databases: list[str] | None = None, **kwargs) -> Found:
    """Checks that PostgreSQL logs as little as the embedded one does (campaign/embedded_postgres)."""
    if not databases or settings.DEBUG:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(LOG_SETTINGS)]
            )
            found = dict(cursor.fetchall())
    except DatabaseError:
        return
    loud = [f"{name} = {value}" for name, value in found.items() if value != LOG_SETTINGS[name]]
    if loud:
        yield Warning(
            f"PostgreSQL may log what people wrote: {', '.join(loud)}.",
            hint=f"Set {', '.join(f'{name} = {value}' for name, value in LOG_SETTINGS.items())}.",
            id="campaign.W002",
        )
