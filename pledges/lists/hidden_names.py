"""Public names: staff hide one, or show it again."""

from datetime import datetime

from django.db import transaction

from pledges.models import NameDecision, PublicName, Signature
from pledges.models.staff import Staff


def hide(listing: PublicName, hidden: bool, reason: str, by: Staff, now: datetime) -> bool:
    """Hides the name (or, `hidden` false, shows it again) and records it; False where that was done already."""
    with transaction.atomic():
        rows = PublicName.objects.filter(pk=listing.pk, hidden_at__isnull=hidden)
        hidden_at = now if hidden else None
        if not rows.update(hidden_at=hidden_at):
            return False
        Signature.objects.filter(pk=listing.signature_id).update(name_hidden_at=hidden_at)
        NameDecision.objects.create(
            public_name_ref=listing.ref, hidden=hidden, reason=reason, decided_by_id=by.pk, decided_at=now
        )
    return True
