import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError, connection
from django.db.models.signals import pre_migrate
from psycopg.errors import DivisionByZero, LockNotAvailable

pytestmark = pytest.mark.usefixtures("as_owner")


@pytest.fixture
def meanwhile():
    """Returns a function that makes `migrate` call something while it runs."""
    connected = []

    def do(act):
        connected.append(lambda **kwargs: act())
        pre_migrate.connect(connected[-1])

    yield do
    for receiver in connected:
        pre_migrate.disconnect(receiver)


def lock_timeout():
    with connection.cursor() as cursor:
        return cursor.execute("SHOW lock_timeout").fetchone()[0]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_a_migration_waits_for_no_table_for_long(meanwhile):
    told = set()
    meanwhile(lambda: told.add(lock_timeout()))
    call_command("migrate", verbosity=0)
    assert (told, lock_timeout()) == ({"5s"}, "0")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "cause", "told"),
    [(OperationalError, LockNotAvailable, "run it again"), (DataError, DivisionByZero, "A migration failed: ")],
)
def test_a_migration_that_fails_is_told_in_one_line(meanwhile, error, cause, told):
    def fail():
        raise error from cause()

    meanwhile(fail)
    with pytest.raises(CommandError, match=told):
        call_command("migrate", verbosity=0)
