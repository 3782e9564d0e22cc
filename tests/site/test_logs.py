"""The log contains routes, classes and places in the code, and nothing that anyone sent."""

import io
import logging

import pytest
from django.test import Client

from campaign import log_format
from tests.site.probe import CANARY

pytestmark = pytest.mark.urls("tests.site.probe")


def handler():
    [ours] = [handler for handler in logging.root.handlers if isinstance(handler, log_format.Stderr)]
    return ours


@pytest.fixture
def log(monkeypatch):
    """What the site's own handler writes."""
    written = io.StringIO()
    monkeypatch.setattr(handler(), "stream", written)
    return written


@pytest.fixture
def client():
    return Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")


REQUESTS = {
    "a forced 500": {"path": f"/probe/broken/?q={CANARY}"},
    "a 500 with a token": {"path": f"/probe/secret/{CANARY}/"},
    "a constraint": {"path": "/probe/collision/"},
    "no page": {"path": f"/{CANARY}/"},
    "NUL": {"path": f"/{CANARY}%00/?q={CANARY}"},
    "a foreign host": {"path": "/about/", "headers": {"Host": CANARY}},
    "a method": {"path": "/about/", "method": CANARY},
    "another site's form": {"path": f"/probe/form/?{CANARY}", "headers": {"Origin": CANARY}},
    "a forgotten form": {"path": f"/probe/forgotten/?{CANARY}", "headers": {"Referer": CANARY}},
    "a wrong cookie": {"path": "/admin/login/", "headers": {"Cookie": f"__Secure-csrf={CANARY}"}},
    "JSON": {"path": "/probe/form/", "data": f'{{"name": "{CANARY}"}}', "content_type": "application/json"},
    "too many fields": {"path": "/probe/form/", "data": f"&{CANARY}=" * 200},
}


@pytest.mark.parametrize("case", REQUESTS)
@pytest.mark.parametrize("strict", [False, True])
def test_no_canary_in_the_log(client, log, settings, case, strict):
    client.handler.enforce_csrf_checks = strict
    settings.ADMINS = [("Volunteer", "volunteer@example.org")]
    call = {"method": "POST", "content_type": "application/x-www-form-urlencoded", **REQUESTS[case]}
    client.generic(**call)
    assert log.getvalue().count("\n") >= 1
    assert CANARY not in log.getvalue()
    assert CANARY.lower() not in log.getvalue()
    assert "203.0.113.77" not in log.getvalue()


@pytest.mark.parametrize("path", ["/probe/broken/", "/probe/collision/"])
def test_no_error_email_is_sent(client, settings, mailoutbox, path):
    settings.ADMINS = [("Volunteer", "volunteer@example.org")]
    client.get(path)
    assert mailoutbox == []


def test_an_error_is_logged_with_class_route_and_place(client, log):
    client.get("/probe/collision/")
    fault = next(line for line in log.getvalue().splitlines() if "ERROR" in line)
    assert "500 [collision] IntegrityError at site/probe.py:" in fault
    assert "from UniqueViolation" in fault


def test_every_answer_is_one_line(client, log):
    client.get(f"/probe/public/?q={CANARY}")
    [line] = log.getvalue().splitlines()
    assert line.endswith("INFO campaign.http.middleware GET public 200")


GUNICORN = [
    ("Error handling request %s %s", ("GET", f"/pledge/confirm/{CANARY}/")),
    (f"Invalid request from ip=203.0.113.77: Invalid Header: '{CANARY}'", ()),
    ("Error handling request (no URI read)", ()),
]


@pytest.mark.parametrize(("message", "arguments"), GUNICORN)
def test_gunicorn_logs_no_more_than_django(log, message, arguments):
    try:
        raise OSError(CANARY)
    except OSError:
        logging.getLogger("gunicorn.error").exception(message, *arguments)
    assert "OSError" in log.getvalue()
    assert CANARY not in log.getvalue()
    assert "203.0.113.77" not in log.getvalue()


@pytest.mark.parametrize("name", ["gunicorn.access", "django.server"])
def test_loggers_that_write_paths_are_off(log, name):
    logging.getLogger(name).error('"GET /pledge/confirm/%s/"', CANARY)
    assert log.getvalue() == ""


def test_a_line_that_can_not_be_written_shows_nothing(log, capsys):
    record = logging.makeLogRecord({"name": "pledges", "msg": "%d signatures", "args": (CANARY,)})
    handler().handle(record)
    assert "can't be written" in log.getvalue()
    assert CANARY not in log.getvalue() + capsys.readouterr().err


def test_our_own_messages_are_logged_in_full(log):
    logging.getLogger("pledges.emails.sending").warning("the mail server is away for %d s", 30)
    assert "WARNING pledges.emails.sending the mail server is away for 30 s" in log.getvalue()


def test_no_logger_is_left_to_python_which_prints_what_has_no_handler():
    silent = [logger for logger in log_format.CONFIG["loggers"].values() if not logger.get("propagate", True)]
    assert [logger["handlers"] for logger in silent] == [["nowhere"], ["nowhere"]]
