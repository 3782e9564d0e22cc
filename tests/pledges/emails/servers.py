"""Mail servers that answer as a test says, and short names for sending."""

from pledges.emails import sending
from pledges.models import QueuedEmail
from tests.makers import NOW


class Refusing:
    """A mail server that answers every email with one error."""

    def __init__(self, error):
        self.error = error

    def open(self):
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        raise self.error


def send(now=NOW):
    return sending.send_due(now)


def first_email():
    return QueuedEmail.objects.filter(kind="confirm").latest("pk")
