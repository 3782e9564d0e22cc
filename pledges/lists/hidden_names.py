"""Public names: staff hide one, or show it again."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from pledges.models import NameDecision, PublicName, Signature


def hide(public_name: PublicName, hidden: bool, reason: str, by: AbstractBaseUser, now: datetime) -> bool:
    """Hides the name (or, `hidden` false, shows it again) and records it; False where that was done already."""
    with transaction.atomic():
        rows = PublicName.objects.filter(pk=public_name.pk, hidden_at__isnull=hidden)
        hidden_at = now if hidden else None
        if not rows.update(hidden_at=hidden_at):
            return False
        Signature.objects.filter(pk=public_name.signature_id).update(name_hidden_at=hidden_at)
        NameDecision.objects.create(
            public_name_ref=public_name.ref, hidden=hidden, reason=reason, decided_by_id=by.pk, decided_at=now
        )
    return True
