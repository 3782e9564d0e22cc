"""Django's own PostgreSQL backend, with connections that give up on a silent server (see `outage`)."""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from campaign.postgresql.outage import Connection, outage

# Seconds. How long one statement of a web request may take; commands and the worker may take longer (backups, erasure).
STATEMENT_TIMEOUT = 20


class DatabaseWrapper(base.DatabaseWrapper):
    Database = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if outage.is_watched:
            limit = f"-c statement_timeout={STATEMENT_TIMEOUT}s"
            params["options"] = " ".join(filter(None, [params.get("options", ""), limit]))
        return params
