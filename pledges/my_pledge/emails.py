"""The emails to owners of a mailbox: the link to "My pledge", and what a caller asked for in their name."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.crypto import tokens
from pledges.emails import compose
from pledges.models import PhoneRequest, QueuedEmail


@compose.composes(QueuedEmail.Kind.MINE)
def mine(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """The link to My pledge, valid for an hour from now. The text is the same whether anything is stored or not."""
    key = tokens.link_key(tokens.TokenPurpose.MINE, bytes(queued.digest))
    return compose.email("mine", queued, {"link": compose.absolute_link("pledges:mine_opened", key)})


@compose.composes(QueuedEmail.Kind.CALL)
def call(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """What a caller asked us to remove; the text is the same whether there is anything to remove."""
    asked = PhoneRequest.objects.get(ref=queued.ref).get_kind_display()
    return compose.email("call", queued, {"request": asked, "is_last": compose.tells_of_block(queued)})
