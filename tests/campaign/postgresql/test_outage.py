"""A web process distinguishes a slow statement from a server that does not answer."""

import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from psycopg.waiting import Ready

from campaign.postgresql import outage as outages
from campaign.postgresql.outage import DatabaseSilent, outage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """Opens a new connection, with short waits so that the tests are quick."""
    connection.close()
    monkeypatch.setattr(outage, "is_watched", True)
    monkeypatch.setattr(outages, "PATIENCE", 0.05)
    monkeypatch.setattr(outages, "RETRY", 0.02)
    yield
    outage.is_on = False
    connection.close()


def sleep_in_the_database(seconds=0.5):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_a_slow_statement_is_no_outage():
    sleep_in_the_database()
    assert not outage.is_on


def test_a_silent_server_fails_the_statement_and_closes_the_connection(monkeypatch):
    silent = threading.Event()
    monkeypatch.setattr(outages.Probe, "is_answered", lambda params: silent.is_set())
    connection.ensure_connection()
    with pytest.raises(OperationalError) as raised:
        sleep_in_the_database()
    assert isinstance(raised.value.__cause__, DatabaseSilent)
    assert connection.connection.closed
    connection.close()
    with pytest.raises(OperationalError):  # at once, and for everything
        connection.ensure_connection()
    silent.set()
    while outage.is_on:
        time.sleep(0.01)
    sleep_in_the_database(0)


def test_no_outage_begins_if_another_thread_hears_from_the_server_during_the_probe(monkeypatch):
    def unanswered(params):
        outage.heard = time.monotonic()
        return False

    monkeypatch.setattr(outages.Probe, "is_answered", unanswered)
    sleep_in_the_database()
    assert not outage.is_on


def test_time_in_which_this_process_does_not_run_is_no_silence_of_the_server():
    def endless():
        while True:
            yield

    waiting = outages._within(endless(), 0.3)
    next(waiting)
    time.sleep(0.4)
    waiting.send(Ready.NONE)
    waiting.send(Ready.NONE)
    with pytest.raises(DatabaseSilent):
        waiting.send(Ready.NONE)


def test_web_requests_have_a_statement_timeout():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("20s",)


def test_commands_have_no_statement_timeout(monkeypatch):
    monkeypatch.setattr(outage, "is_watched", False)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_server_that_refuses_the_connection_is_no_outage():
    nowhere = {"host": "127.0.0.1", "port": 1, "dbname": "x"}
    assert outages.Probe.is_answered(nowhere)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        outages.Connection.connect(**nowhere)


def test_a_server_that_takes_no_writes_fails_the_statement_and_closes_the_connection():
    """As a managed server does whose disk is full, or one that became the standby of another."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        with pytest.raises(OperationalError, match="takes no writes"):
            cursor.execute("DELETE FROM django_session")
    assert connection.connection.closed
