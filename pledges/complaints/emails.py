"""Composes the email with a complaint to the controller."""

import json
from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.complaints.service import ACKNOWLEDGED_WITHIN_DAYS, reference
from pledges.crypto import encryption
from pledges.emails import compose
from pledges.models import QueuedEmail


@compose.composes(QueuedEmail.Kind.COMPLAINT)
def complaint(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    words = json.loads(encryption.decrypt(queued.words))
    context = {**words, "reference": reference(queued.ref), "days": ACKNOWLEDGED_WITHIN_DAYS}
    return compose.email("complaint", queued, context)
