"""Hides public names and shows them again; records reports about names, and which names staff have reviewed."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from pledges.models import NameDecision, NameReport, PublicName, Signature


def set_hidden(public_name: PublicName, hidden: bool, reason: str, by: AbstractBaseUser, now: datetime) -> bool:
    """Hides the name, or shows it again, and records the decision; returns False if that was done already."""
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


def mark_reviewed(public_name: PublicName, now: datetime) -> bool:
    """Records that staff left the name in the list; returns False if that was recorded already."""
    return bool(PublicName.objects.filter(pk=public_name.pk, reviewed_at=None).update(reviewed_at=now))


def report(name: str, reason: str, now: datetime) -> None:
    """Records a report about a name; the same report twice is one."""
    NameReport.objects.get_or_create(
        name=name, reason=reason, settled_at=None, defaults={"reported_on": timezone.localdate(now)}
    )


def settle_report(pk: int, now: datetime) -> bool:
    """Records that staff dealt with a report; returns False if that was recorded already."""
    return bool(NameReport.objects.filter(pk=pk, settled_at=None).update(settled_at=now))
