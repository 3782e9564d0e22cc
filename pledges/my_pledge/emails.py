"""The email with the link to "My pledge"."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from pledges.crypto import tokens
from pledges.emails import compose
from pledges.models import QueuedEmail


@compose.composes(QueuedEmail.Kind.MINE)
def mine(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """Composes the email with the link, valid for an hour from now. The text is the same whether or not anything is
    stored.
    """
    key = tokens.link_key(tokens.TokenPurpose.MINE, bytes(queued.digest))
    with translation.override(queued.language or settings.LANGUAGE_CODE):
        return compose.email("mine", queued, {"link": compose.absolute_link("pledges:mine_opened", key)})
