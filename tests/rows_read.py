"""Counts the rows that PostgreSQL reads: what a statement costs when a table is large, without a clock."""

from collections.abc import Callable

from django.db import connection, transaction

COUNTED = """
SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables
WHERE relname LIKE %s
"""


def rows_read(act: Callable[[], object], table: str = "%") -> int:
    """Returns how many rows of all tables, or of one, `act` reads."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNTED, [table])
        before = cursor.fetchone()[0]
        act()
        cursor.execute(COUNTED, [table])
        return cursor.fetchone()[0] - before
