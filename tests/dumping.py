"""Makes and restores dumps of the test database, as a backup or a thief would have them."""

import os
import subprocess

from django.db import connection

from campaign.embedded_postgres import programs


def dump(*options: str) -> str:
    return _run("pg_dump", "--no-owner", *options)


def restore(backup: str) -> None:
    """Restores the database from the output of `dump("--clean", "--if-exists")`."""
    connection.close()
    _run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null", given=backup)


def _run(program: str, *options: str, given: str = "") -> str:
    with connection.cursor():
        params = connection.get_connection_params()
    place = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    where = {name: str(params[key]) for name, key in place.items() if params.get(key)}
    command = [str(programs.find().folder / program), *options]
    done = subprocess.run(
        command, env={**os.environ, **where}, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
