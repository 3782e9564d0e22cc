"""The email that tells the owner of a mailbox what was asked for it on the phone."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.emails import compose
from pledges.models import PhoneRequest, QueuedEmail


@compose.composes(QueuedEmail.Kind.CALL)
def call(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """What a caller asked us to take away; the same whether there was anything to take."""
    wish = PhoneRequest.objects.get(ref=queued.ref).get_wish_display()
    return compose.email("call", queued, {"wish": wish, "is_last": compose.tells_of_block(queued)})
