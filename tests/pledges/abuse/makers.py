"""Makers of forms and abuse rules, and counts of what the rules marked."""

from pledges.inputs.email_address import Mailbox
from pledges.models import AbuseRule, PendingSignature, Totals
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from pledges.statistics import totals
from tests.makers import NOW, answers, token_of
from tests.staff_accounts import staff

CLIENT = "c" * 32


def ask(number: int, now=NOW, client=CLIENT, **changes) -> str:
    """Sends a form to sign; returns the token of its link."""
    return token_of(signing.sign(answers(Mailbox(f"s{number}@example.org"), **changes), now, client))


def confirm(token: str, now=NOW) -> None:
    assert signing.confirm(token, ConfirmChoices(public_name="Sample Supporter"), now)


def rule(kind="client", most=3, minutes=10, is_on=True) -> AbuseRule:
    by = staff(f"r{AbuseRule.objects.count()}@example.org")
    return AbuseRule.objects.create(kind=kind, most=most, minutes=minutes, is_on=is_on, decided_by=by, decided_at=NOW)


def marked() -> int:
    return PendingSignature.objects.filter(quarantined_on__isnull=False).count()


def people() -> int:
    Totals.objects.all().delete()  # as if an hour had gone by
    totals.recount(NOW)
    return totals.totals().exact_people
