"""A database connection that the server has closed causes no error page."""

import pytest
from django.core.signals import request_started
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import ResolverMatch

from campaign.postgresql.connections import RetryOnLostConnection
from pledges.statistics import totals

pytestmark = pytest.mark.django_db(transaction=True)


def lose_the_connection():
    end = "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"  # only the owner may end the owner's sessions
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute(end)


def be_closed_by_the_server():
    """Unlike above, this side has not met it yet."""
    connection.ensure_connection()
    with connection.copy().temporary_connection() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.info.backend_pid])


def test_a_request_after_a_restart_gets_a_new_connection():
    be_closed_by_the_server()
    request_started.send(sender=None)
    assert totals.totals()


def test_an_open_connection_is_not_closed():
    connection.ensure_connection()
    before = connection.connection
    request_started.send(sender=None)
    assert connection.connection is before


@pytest.mark.parametrize(("method", "status"), [("get", 200), ("post", 503)])
def test_only_safe_requests_are_tried_again(rf, method, status):
    asked = []

    def view(request):
        asked.append(request)
        return HttpResponse(totals.totals().people)

    request = getattr(rf, method)("/")
    request.resolver_match = ResolverMatch(view, (), {})
    lose_the_connection()
    answer = RetryOnLostConnection(lambda _: None).process_exception(request, OperationalError())
    assert (answer.status_code if answer else 503) == status
    assert len(asked) == (1 if answer else 0)
    connection.close()


@pytest.mark.urls("tests.site.probe")
def test_a_view_that_fails_twice_says_that_the_database_is_away():
    assert Client(raise_request_exception=False).get("/probe/away/").status_code == 503
