"""Drops database connections that the server has closed before they are used, and tries a safe request twice.

Django's CONN_HEALTH_CHECKS sends a query in each request. Here none is needed: when a server stops and closes its
connections, an idle connection has something to read.
"""

import select
from collections.abc import Callable
from typing import Any

import psycopg
from django.core.signals import request_started
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from campaign.http.middleware import SAFE_METHODS

Answer = Callable[[HttpRequest], HttpResponseBase]


def drop_closed(**_signal: Any) -> None:
    """Closes the connections of this thread that the server has closed; the next query opens a new one."""
    for connection in connections.all(initialized_only=True):
        if connection.connection and not connection.in_atomic_block and _is_closed(connection.connection):
            connection.close()


def _is_closed(connection: psycopg.Connection) -> bool:
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


request_started.connect(drop_closed)


class RetryOnLostConnection:
    """Calls a view that lost its database connection once more, with a new one, if the request changes nothing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        is_lost = isinstance(exception, OperationalError | InterfaceError)
        open_ones = connections.all(initialized_only=True)
        if not is_lost or request.method not in SAFE_METHODS or any(one.in_atomic_block for one in open_ones):
            return None
        connections.close_all()
        view, args, named = request.resolver_match  # type: ignore[misc]
        answer = view(request, *args, **named)
        return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
