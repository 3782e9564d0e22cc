"""The email that tells the owner of a mailbox what a caller asked for."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.emails import compose
from pledges.models import PhoneRequest, QueuedEmail


@compose.composes(QueuedEmail.Kind.CALL)
def call(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """What a caller asked us to remove; the text is the same whether there is anything to remove."""
    asked = PhoneRequest.objects.get(ref=queued.ref).get_kind_display()
    return compose.email("call", queued, {"request": asked, "is_last": compose.tells_of_block(queued)})
