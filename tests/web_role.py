"""Runs the tests with the database rights of web and worker, so that a right which `migrate` does not grant fails them.

The owner of the tables, who may do everything, only prepares the database and empties it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.signals import connection_created
from psycopg import OperationalError

from campaign.postgresql import roles

owning = threading.Event()  # set while connections are to have the rights of the owner


def role() -> str:
    """The role of this test database: each process of the suite has its own."""
    return f"web_of_{connection.settings_dict['NAME']}"


def grant() -> None:
    """Makes the role and gives it its rights."""
    roles.create(role())
    roles.grant(role())
    owning.set()
    connection_created.connect(_enter)


def take() -> None:
    """Gives every connection to the test database, from now on, the rights of web and worker."""
    owning.clear()
    if connection.connection and not connection.connection.closed:
        with suppress(OperationalError):  # the server has closed it: the next one gets these rights
            _enter(connection)


def leave() -> None:
    """Gives this thread's connection, and new ones, the rights of the owner."""
    owning.set()
    if connection.connection and not connection.connection.closed:
        with suppress(OperationalError):
            connection.connection.execute("RESET ROLE")


@contextmanager
def owner() -> Iterator[None]:
    leave()
    try:
        yield
    finally:
        take()


def _enter(connection: Any, **_signal: Any) -> None:
    if not owning.is_set() and connection.alias == DEFAULT_DB_ALIAS:  # the one that drops the database has another
        connection.connection.execute(f'SET ROLE "{role()}"')
