"""If the settings require STARTTLS and the mail server does not offer it, nothing is sent unencrypted."""

import socket

import pytest
from aiosmtpd.controller import Controller

from pledges.emails import sending
from pledges.models import QueuedEmail
from pledges.signing import service as signing
from tests.makers import NOW, answers

pytestmark = pytest.mark.django_db(transaction=True)


class Received:
    """A mail server that can't encrypt; remembers every MAIL, RCPT and DATA that it is given."""

    def __init__(self):
        self.commands = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        self.commands.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.commands.append(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.commands.append("data")
        return "250 OK"


@pytest.fixture
def without_tls(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    handler = Received()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    settings.EMAIL_USE_TLS = True
    yield handler
    controller.stop()


def test_an_email_waits_where_starttls_is_not_offered(without_tls, settings):
    signing.sign(answers(), NOW)
    with pytest.raises(sending.MailServerUnavailable, match="SMTPNotSupportedError"):
        sending.send_due(NOW)
    assert without_tls.commands == []
    assert not QueuedEmail.objects.exclude(sent_at=None).exists()
    settings.EMAIL_USE_TLS = False  # the server itself takes it
    sending.send_due(NOW)
    assert len(without_tls.commands) == 3
