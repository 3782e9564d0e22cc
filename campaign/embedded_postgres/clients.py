"""PostgreSQL's own client programs (pg_dump, pg_restore), run on the site's database."""

import os
import shutil

from django.db import connection
from psycopg import pq

from campaign.embedded_postgres import programs
from campaign.embedded_postgres.base import DatabaseWrapper


def command(name: str, *options: str, database: str = "") -> tuple[list[str], dict[str, str]]:
    """Returns how to run the program on the site's database, or on another one of the same server: a command line and
    its environment.

    The password is in the environment: not in a file, and not on the command line, which every user can read.
    """
    connection.ensure_connection()
    params = {key: str(value) for key, value in connection.get_connection_params().items()}
    known = {
        option.keyword.decode(): (option.envvar or b"").decode() for option in pq.Conninfo.get_defaults()
    }
    where = {known[key]: value for key, value in params.items() if known.get(key)}
    if database:
        where["PGDATABASE"] = database
    return [_program(name), *options], {**os.environ, **where}


def _program(name: str) -> str:
    """Returns the path of the program: that of the embedded server's version; elsewhere the system's, or else that of
    the Python package.
    """
    if isinstance(connection, DatabaseWrapper):
        return str(connection.server.programs.folder / name)
    return shutil.which(name) or str(programs.find().folder / name)
