"""Composes the email that says what a caller asked for, to the owner of the mailbox."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.emails import compose
from pledges.models import PhoneRequest, QueuedEmail


@compose.composes(QueuedEmail.Kind.CALL)
def call(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """Says what a caller asked us to remove; the text is the same whether or not there is anything to remove."""
    asked = PhoneRequest.objects.get(ref=queued.ref).get_kind_display()
    return compose.email("call", queued, {"request": asked, "is_last": compose.tells_of_block(queued)})
