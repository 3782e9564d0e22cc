"""Django's own PostgreSQL backend, with connections that give up on a silent server (see `outage`), and with prepared
statements on request.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base, operations

from campaign.postgresql.outage import Connection, outage

# How long one statement of a web request may take, in seconds; commands and the worker may take longer (backups,
# erasure).
STATEMENT_TIMEOUT = 20


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Returns the statement for `connection.queries`; if its values were sent separately, with placeholders."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    Database = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if outage.is_watched and not settings.DATABASE_POOLER:  # a pooler refuses `options`
            limit = f"-c statement_timeout={STATEMENT_TIMEOUT}s"
            params["options"] = " ".join(filter(None, [params.get("options", ""), limit]))
        return params

    def prepared_cursor(self) -> Any:
        """Returns a cursor whose statements the server parses and plans once for each connection, not at each use.

        Signing and confirming use it for their few statements, because planning took more than half of their time. If
        the connection's `prepare_threshold` is None (behind a pooler, see DATABASE_POOLER), nothing is prepared.
        """
        self.close_if_health_check_failed()  # as Django's own `_cursor`
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))  # type: ignore[attr-defined]
