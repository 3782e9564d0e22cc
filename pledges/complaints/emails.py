"""Composes the email with a complaint to the controller."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.complaints import service as complaints
from pledges.emails import compose
from pledges.models import QueuedEmail


@compose.composes(QueuedEmail.Kind.COMPLAINT)
def complaint(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    return compose.email("complaint", queued, complaints.email_context(queued))
