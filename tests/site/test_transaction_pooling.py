"""Web and worker can run behind PgBouncer in transaction mode: they store nothing in a database session."""

import re

import pytest
from django.conf import settings

# What is the session's: a setting, a lock, a temporary table, a prepared statement, a channel; and a look at the
# sessions of others, which PgBouncer hides.
OF_A_SESSION = re.compile(
    r"\bSET (?!LOCAL\b)[a-z_]+ = '|\bRESET [a-z_]+|pg_(?:try_)?advisory_lock|TEMP(?:ORARY)? TABLE|\bPREPARE |\bLISTEN |"
    r"pg_stat_activity"
)
# These run by themselves and connect to PostgreSQL directly (docs/growing.md).
DIRECT = {"campaign/management/commands/migrate.py", "pledges/privacy/digest_key_chain.py"}
SOURCES = [
    path
    for folder in ("campaign", "pledges", "reports")
    for path in (settings.BASE_DIR / folder).rglob("*.py")
    if "embedded_postgres" not in path.parts and "backups" not in path.parts
]


def test_no_code_of_web_or_worker_needs_a_session():
    found = {str(path.relative_to(settings.BASE_DIR)) for path in SOURCES if OF_A_SESSION.search(path.read_text())}
    assert found <= DIRECT


@pytest.mark.parametrize(
    "statement", ["SET lock_timeout = '5s'", "SELECT pg_advisory_lock(1)", "FROM pg_stat_activity"]
)
def test_session_settings_and_locks_are_found(statement):
    assert OF_A_SESSION.search(statement)


def test_settings_and_locks_of_a_transaction_are_not_reported():
    assert not OF_A_SESSION.search("SET LOCAL lock_timeout = '5s'; SELECT pg_try_advisory_xact_lock(1)")
