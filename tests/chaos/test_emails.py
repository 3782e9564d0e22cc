"""A real mail server that refuses, hangs and ends, and a worker that is killed: no email is lost."""

import os
import signal
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, connections, transaction
from django.utils import timezone

from campaign.management.commands.worker import SERVER_AWAY
from campaign.settings_file import env
from pledges.emails import queue, sending
from pledges.inputs.email_address import Mailbox
from pledges.models import QueuedEmail
from pledges.signing import service as signing
from tests.chaos.serving import has_ipv6, report
from tests.makers import answers

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


class Server:
    """Takes every email, unless told to answer otherwise; remembers recipients and sessions."""

    def __init__(self):
        self.received, self.sessions = [], 0
        self.to_recipient = self.to_data = "250 OK"
        self.pause = 0.0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.extend(envelope.rcpt_tos)
        time.sleep(self.pause)
        if self.to_data == "hang up":
            server.transport.abort()
        return self.to_data


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield handler
    controller.stop()


def sign(count, now):
    people = [f"person{n}@example.org" for n in range(count)]
    for address in people:
        signing.sign(answers(Mailbox(address)), now)
    return people


def confirmation_emails():
    return QueuedEmail.objects.filter(kind="confirm")


def test_emails_go_out_over_one_session(server):
    now = timezone.now()
    people = sign(5, now)
    sending.send_due(now)
    assert sorted(server.received) == people
    assert server.sessions == 1


@pytest.mark.parametrize("reply", ["451 4.7.1 greylisted", "452 4.2.2 mailbox full"])
def test_a_recipient_put_off_is_tried_again(server, reply):
    now = timezone.now()
    [address] = sign(1, now)
    server.to_recipient = reply
    sending.send_due(now)
    server.to_recipient = "250 OK"
    sending.send_due(now + timedelta(minutes=2))
    assert server.received == [address]


def test_an_email_to_an_unknown_recipient_is_given_up(server):
    now = timezone.now()
    sign(1, now)
    server.to_recipient = "550 5.1.1 no such user"
    sending.send_due(now)
    assert confirmation_emails().get().failed_at == now


def test_a_server_that_hangs_up_after_the_email_gets_it_again(server):
    now = timezone.now()
    [address] = sign(1, now)
    server.to_data = "hang up"
    with pytest.raises(sending.MailServerUnavailable):
        sending.send_due(now)
    server.to_data = "250 OK"
    sending.send_due(now + timedelta(minutes=2))
    assert server.received == [address] * 2


def test_no_email_is_lost_if_the_mail_server_never_answers(server, settings):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        live, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = settings.EMAIL_PORT, deaf.getsockname()[1], 0.2
        now = timezone.now()
        [address] = sign(1, now)
        with pytest.raises(sending.MailServerUnavailable):
            sending.send_due(now)
    settings.EMAIL_PORT = live
    sending.send_due(now)
    assert server.received == [address]


def test_no_email_is_lost_without_a_mail_server(server, settings):
    live, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    now = timezone.now()
    [address] = sign(1, now)
    with pytest.raises(sending.MailServerUnavailable):
        sending.send_due(now)
    settings.EMAIL_PORT = live
    sending.send_due(now)
    assert server.received == [address]


def test_an_hour_without_a_mail_server_loses_and_doubles_no_email(server, settings):
    """The worker is given the times of one hour: people sign each minute, and it tries as often as in a real hour."""
    live, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    start, people, tried = timezone.now(), [], 0
    for seconds in range(0, 3600, SERVER_AWAY):
        now = start + timedelta(seconds=seconds)
        if seconds % 60 == 0:
            people.append(f"person{seconds}@example.org")
            signing.sign(answers(Mailbox(people[-1])), now)
        with pytest.raises(sending.MailServerUnavailable):
            sending.send_due(now)
        tried += 1
    settings.EMAIL_PORT = live
    for minutes in range(60, 60 + 30):
        sending.send_due(start + timedelta(minutes=minutes))
    report(f"The mail server away for an hour: {tried} tries, {len(people)} emails, {len(server.received)} sent")
    assert sorted(server.received) == sorted(people)


def test_a_clock_that_is_set_back_by_an_hour_loses_and_doubles_no_email(server):
    now = timezone.now()
    people = sign(2, now)
    queue.claim(now, 1)  # by a worker that was killed
    back = now - timedelta(hours=1)
    people.append("late@example.org")
    signing.sign(answers(Mailbox("late@example.org")), back)
    sending.send_due(back)
    assert server.received == ["late@example.org"]
    for minutes in range(0, 75, 5):
        sending.send_due(back + timedelta(minutes=minutes))
    assert sorted(server.received) == sorted(people)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_mail_server_that_has_only_ipv6_gets_the_emails(server, settings):
    for name, value in env.email_url_config(f"smtp://[::1]:{free_port()}").items():
        setattr(settings, name, value)
    second = Controller(server, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT)
    second.start()
    now = timezone.now()
    people = sign(1, now)
    sending.send_due(now)
    second.stop()
    assert server.received == people


def test_a_worker_never_waits_for_another(server):
    now = timezone.now()
    sign(1, now)

    def claim_impatiently():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 200")
        try:
            return queue.claim(now)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor() as other:
        list(QueuedEmail.objects.select_for_update())
        assert other.submit(claim_impatiently).result() == []


def worker_in_a_process_of_its_own(now):
    """Forks a worker, which uses the same test database and ends without returning."""
    connections.close_all()
    child = os.fork()
    if not child:
        sending.send_due(now)
        os._exit(0)
    return child


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_killed_in_its_work_loses_no_email(server):
    now = timezone.now()
    people = sign(10, now)
    server.pause = 0.05
    child = worker_in_a_process_of_its_own(now)
    wait_until(lambda: len(server.received) >= 3)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    server.pause = 0
    later = now + queue.LEASE + timedelta(seconds=1)
    while sending.send_due(later):
        pass
    times = Counter(server.received)
    assert sorted(times) == people
    # Those that were not written down as sent may have arrived twice: better than never.
    assert sum(times.values()) <= len(people) + sending.FINISH_EVERY
