"""The site's PostgreSQL backend (campaign.postgresql), on an embedded server that the first connection starts.

In DATABASES: ENGINE "campaign.embedded_postgres", NAME, FOLDER (a Path), SERVER_OPTIONS (a list for `postgres`), ROLE
(the role to connect as; the superuser by default).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.db.backends.postgresql import client
from psycopg import sql

from campaign.embedded_postgres import server
from campaign.embedded_postgres.programs import PostgresError
from campaign.postgresql import base
from campaign.postgresql.outage import DatabaseSilent


class DatabaseClient(client.DatabaseClient):
    """Runs `manage.py dbshell` with the psql of the server's own version."""

    connection: "DatabaseWrapper"

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        self.connection.close()
        own = str(self.connection.server.programs.folder)
        os.environ["PATH"] = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def server(self) -> server.Server:
        folder: Path = self.settings_dict["FOLDER"]
        return server.at(folder, self.settings_dict.get("SERVER_OPTIONS", ()))

    def get_connection_params(self) -> dict[str, Any]:
        try:
            socket_folder = self.server.join()
        except PostgresError as error:
            raise psycopg.OperationalError(str(error)) from error
        user = self.settings_dict.get("ROLE") or server.SUPERUSER
        self.settings_dict.update(HOST=str(socket_folder), PORT=server.PORT, USER=user)
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        try:
            return super().get_new_connection(conn_params)
        except DatabaseSilent:
            raise
        except psycopg.OperationalError:  # the server was killed, or has no such database yet
            self._mend(conn_params)
            return super().get_new_connection(conn_params)

    def _mend(self, conn_params: dict[str, Any]) -> None:
        try:
            self.server.restart()
        except PostgresError as error:
            raise psycopg.OperationalError(str(error)) from error
        name = conn_params["dbname"]
        if name.startswith(TEST_DATABASE_PREFIX):  # the test runner makes and drops its own
            return
        everywhere = {**conn_params, "dbname": "postgres", "autocommit": True}
        with self.server.exclusive_lock(), psycopg.connect(**everywhere) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
